import { KIB, MIB } from '../../../shared/sizes';
import type { Remains, StartRequest, Variable } from '../run-worker';

/**
 * What passes between the watcher and the launcher. The head of `src/launcher/protocol.h` says what a frame is.
 */
export const PROTOCOL_VERSION = 3;

const Request = { start: 1, signal: 2, close: 3, credit: 4, ping: 5 } as const;
const Kind = { hello: 1, started: 2, failed: 3, output: 4, closed: 5, exited: 6, pong: 7, gone: 8 } as const;

/** The bytes of length, kind and job. */
const HEADER_BYTES = 9;
const LENGTH_BYTES = 4;

/** The launcher takes no bigger frame; the kernel would take no arguments of that size either. */
const MOST_FRAME_BYTES = 16 * MIB;

/** How much of a worker's output may be sent before any of it has been used. */
export const WINDOW_BYTES = 128 * KIB;

/** 1: standard output, 2: standard error. */
export type StreamNumber = 1 | 2;

export type LauncherEvent =
  | { kind: 'hello'; version: number }
  | { kind: 'pong' }
  /** The pid is that of the worker's keeper. */
  | { kind: 'started'; job: number; pid: number }
  | { kind: 'failed'; job: number; errno: number }
  | { kind: 'output'; job: number; stream: StreamNumber; bytes: Buffer }
  | { kind: 'closed'; job: number; stream: StreamNumber }
  | { kind: 'exited'; job: number; code: number | undefined; signal: number | undefined }
  /** No process of the job is there any more. */
  | { kind: 'gone'; job: number; remains: Remains };

/** Sends SIGTERM or SIGKILL to all processes of the job. */
export function encodeSignal(job: number, signal: number): Buffer {
  const frame = createFrame(Request.signal, job, 1);
  frame.writeUInt8(signal, HEADER_BYTES);
  return frame;
}

/** Closes both outputs of the job. */
export function encodeClose(job: number): Buffer {
  return createFrame(Request.close, job, 0);
}

/** Says that so many bytes have been used: as many more may come. */
export function encodeCredit(job: number, stream: StreamNumber, bytes: number): Buffer {
  const frame = createFrame(Request.credit, job, 5);
  frame.writeUInt8(stream, HEADER_BYTES);
  frame.writeUInt32LE(bytes, HEADER_BYTES + 1);
  return frame;
}

/** Is answered by a pong at once. */
export function encodePing(): Buffer {
  return createFrame(Request.ping, 0, 0);
}

function createFrame(kind: number, job: number, restBytes: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + restBytes);
  frame.writeUInt32LE(HEADER_BYTES - LENGTH_BYTES + restBytes, 0);
  frame.writeUInt8(kind, LENGTH_BYTES);
  frame.writeUInt32LE(job, LENGTH_BYTES + 1);
  return frame;
}

/** Cuts what comes from the launcher into events, however it is chunked. */
export interface EventDecoder {
  /** @throws {Error} if it is no frame of the launcher: nothing that follows can be read */
  push(chunk: Buffer): LauncherEvent[];
}

export function createEventDecoder(): EventDecoder {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** Chunks are put together only once this much has come. */
  let neededBytes = HEADER_BYTES;
  return {
    push: (chunk) => {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (waitingBytes < neededBytes) return [];
      const all = waiting.length === 1 ? chunk : Buffer.concat(waiting, waitingBytes);
      const { events, at, nextBytes } = decodeAll(all);
      waiting = at < all.length ? [all.subarray(at)] : [];
      waitingBytes = all.length - at;
      neededBytes = nextBytes;
      return events;
    },
  };
}

function decodeAll(all: Buffer) {
  const events: LauncherEvent[] = [];
  let at = 0;
  for (;;) {
    const leftBytes = all.length - at;
    const frameBytes = leftBytes < HEADER_BYTES ? HEADER_BYTES : LENGTH_BYTES + all.readUInt32LE(at);
    if (frameBytes < HEADER_BYTES || frameBytes > MOST_FRAME_BYTES) throw badFrame();
    if (leftBytes < frameBytes) return { events, at, nextBytes: frameBytes };
    events.push(decode(all.subarray(at, at + frameBytes)));
    at += frameBytes;
  }
}

function decode(frame: Buffer): LauncherEvent {
  const job = frame.readUInt32LE(LENGTH_BYTES + 1);
  const rest = frame.subarray(HEADER_BYTES);
  switch (frame.readUInt8(LENGTH_BYTES)) {
    case Kind.output:
      return { kind: 'output', job, stream: streamIn(rest), bytes: rest.subarray(1) };
    case Kind.closed:
      return { kind: 'closed', job, stream: streamIn(rest) };
    case Kind.started:
      return { kind: 'started', job, pid: pidIn(rest) };
    case Kind.failed:
      return { kind: 'failed', job, errno: rest.readUInt32LE(0) };
    case Kind.exited:
      return exited(job, rest);
    case Kind.gone:
      return { kind: 'gone', job, remains: remainsIn(rest) };
    case Kind.hello:
      return { kind: 'hello', version: rest.readUInt32LE(0) };
    case Kind.pong:
      return { kind: 'pong' };
    default:
      throw badFrame();
  }
}

/** The pid is signalled later on. 0 and 1 would mean whole other groups. */
function pidIn(rest: Buffer): number {
  const pid = rest.readInt32LE(0);
  if (pid <= 1) throw badFrame();
  return pid;
}

function exited(job: number, rest: Buffer): LauncherEvent {
  const isSignal = rest.readUInt32LE(0) === 1;
  const status = rest.readUInt32LE(4);
  return {
    kind: 'exited',
    job,
    code: isSignal ? undefined : status,
    signal: isSignal ? status : undefined,
  };
}

function remainsIn(rest: Buffer): Remains {
  return {
    peakMemoryKiB: rest.readUInt32LE(0),
    leftCount: rest.readUInt32LE(4),
    stuckCount: rest.readUInt32LE(8),
    leftNames: rest.toString('utf8', 12),
  };
}

function streamIn(rest: Buffer): StreamNumber {
  const stream = rest.readUInt8(0);
  if (stream !== 1 && stream !== 2) throw badFrame();
  return stream;
}

const badFrame = () => new Error('the launcher of workers sent what is no frame');

/** Encodes the frame of a start; undefined if Node would refuse the request, or if it is too big. */
export type EncodeStart = (job: number, request: StartRequest) => Buffer | undefined;

/** What one start has in common with the next. */
interface Shared {
  of: Pick<StartRequest, 'command' | 'environment'>;
  /** Names of variables that differ from worker to worker. */
  ownNames: readonly string[];
  /** Undefined if Node would refuse it. */
  encoded: Pick<StartContent, 'wordCount' | 'sharedVariableCount' | 'shared'> | undefined;
}

/** Commands and environments mostly do not change from start to start: they are encoded once. */
export function createStartEncoder(): EncodeStart {
  let last: Shared | undefined;
  return (job, request) => {
    const { variables: own = [], input } = request;
    if (last === undefined || !isOf(last, request, own)) last = share(request, own);
    const variables = textsOf(own);
    if (last.encoded === undefined || !areSound(variables)) return undefined;
    return encodeStart(job, { ...last.encoded, variables, input });
  };
}

const isOf = ({ of, ownNames }: Shared, request: StartRequest, own: readonly Variable[]): boolean =>
  of.command === request.command &&
  of.environment === request.environment &&
  ownNames.length === own.length &&
  ownNames.every((name, index) => name === own[index]![0]);

function share({ command, environment }: StartRequest, own: readonly Variable[]): Shared {
  const ownNames = own.map(([name]) => name);
  const words = [command.program, ...command.arguments];
  const variables = textsOf(Object.entries(environment).filter(([name]) => !ownNames.includes(name)));
  const isSound = command.program !== '' && areSound(words) && areSound(variables);
  return {
    of: { command, environment },
    ownNames,
    encoded: isSound
      ? {
          wordCount: words.length,
          sharedVariableCount: variables.length,
          shared: encodeTexts([...words, ...variables]),
        }
      : undefined,
  };
}

function textsOf(variables: readonly Variable[]): string[] {
  const texts: string[] = [];
  for (const [name, value] of variables) if (value !== undefined) texts.push(`${name}=${value}`);
  return texts;
}

const areSound = (texts: readonly string[]) => !texts.some((text) => text.includes('\0'));

/** Encodes texts as they stand in a frame. None may contain a NUL. */
export function encodeTexts(texts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + textBytes(text), 0));
  writeTexts(bytes, 0, texts);
  return bytes;
}

/** The content of a start frame. */
export interface StartContent {
  wordCount: number;
  /** How many of the shared texts are variables. */
  sharedVariableCount: number;
  /** Encoded texts that are the same for many starts: the words of the command, then variables. */
  shared: Buffer;
  /** Further variables. None may contain a NUL. */
  variables: readonly string[];
  input: string;
}

/** Encodes a frame; undefined if it would be too big. */
export function encodeStart(job: number, content: StartContent): Buffer | undefined {
  const { wordCount, sharedVariableCount, shared, variables, input } = content;
  const inputBytes = Buffer.byteLength(input);
  const ownBytes = variables.reduce((sum, text) => sum + textBytes(text), 0);
  const restBytes = COUNT_BYTES + shared.length + ownBytes + inputBytes;
  if (HEADER_BYTES + restBytes > MOST_FRAME_BYTES) return undefined;
  const frame = createFrame(Request.start, job, restBytes);
  let at = frame.writeUInt32LE(wordCount, HEADER_BYTES);
  at = frame.writeUInt32LE(sharedVariableCount + variables.length, at);
  at += shared.copy(frame, at);
  at = writeTexts(frame, at, variables);
  frame.write(input, at);
  return frame;
}

/** The bytes of the counts of words and of variables. */
const COUNT_BYTES = 8;

/** A text has its length before it, and a NUL after it. */
const textBytes = (text: string) => 4 + Buffer.byteLength(text) + 1;

/** @returns where they end */
function writeTexts(bytes: Buffer, begin: number, texts: readonly string[]): number {
  let at = begin;
  for (const text of texts) {
    const written = bytes.write(text, at + 4);
    bytes.writeUInt32LE(written, at);
    at = bytes.writeUInt8(0, at + 4 + written);
  }
  return at;
}
