import type { Remains } from '../start-worker';

/**
 * What passes between the watcher and the launcher; the head of `src/launcher/protocol.h` says what a frame is. Pure.
 */
export const PROTOCOL_VERSION = 3;

export const Request = { start: 1, signal: 2, close: 3, credit: 4, ping: 5 } as const;
const Kind = { hello: 1, started: 2, failed: 3, output: 4, closed: 5, exited: 6, pong: 7, gone: 8 } as const;

/** Of length, kind and job. */
export const HEADER_BYTES = 9;
const LENGTH_BYTES = 4;

/** The launcher takes no bigger frame; the kernel would take no arguments of that size either. */
export const MOST_FRAME_BYTES = 16 * 2 ** 20;

/** What a worker's stream may send before any of it has been used. */
export const WINDOW_BYTES = 128 * 1024;

/** 1: standard output, 2: standard error. */
export type StreamNumber = 1 | 2;

export type LauncherEvent =
  | { kind: 'hello'; version: number }
  | { kind: 'pong' }
  /** Of the process that keeps what the job starts. */
  | { kind: 'started'; job: number; pid: number }
  | { kind: 'failed'; job: number; errno: number }
  | { kind: 'output'; job: number; stream: StreamNumber; bytes: Buffer }
  | { kind: 'closed'; job: number; stream: StreamNumber }
  | { kind: 'exited'; job: number; code: number | undefined; signal: number | undefined }
  /** No process of the job is there any more. */
  | { kind: 'gone'; job: number; remains: Remains };

/** The signal, SIGTERM or SIGKILL, goes to all processes of the job. */
export function encodeSignal(job: number, signal: number): Buffer {
  const frame = createFrame(Request.signal, job, 1);
  frame.writeUInt8(signal, HEADER_BYTES);
  return frame;
}

/** Both outputs of the job are closed. */
export function encodeClose(job: number): Buffer {
  return createFrame(Request.close, job, 0);
}

/** So many bytes have been used: as many more may come. */
export function encodeCredit(job: number, stream: StreamNumber, bytes: number): Buffer {
  const frame = createFrame(Request.credit, job, 5);
  frame.writeUInt8(stream, HEADER_BYTES);
  frame.writeUInt32LE(bytes, HEADER_BYTES + 1);
  return frame;
}

/** Is answered at once. */
export function encodePing(): Buffer {
  return createFrame(Request.ping, 0, 0);
}

export function createFrame(kind: number, job: number, restBytes: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + restBytes);
  frame.writeUInt32LE(HEADER_BYTES - LENGTH_BYTES + restBytes, 0);
  frame.writeUInt8(kind, LENGTH_BYTES);
  frame.writeUInt32LE(job, LENGTH_BYTES + 1);
  return frame;
}

/** Cuts what comes from the launcher into events, whatever the chunks. */
export interface EventDecoder {
  /** @throws {Error} where it is no frame of the launcher: nothing that follows can be read. */
  push(chunk: Buffer): LauncherEvent[];
}

export function createEventDecoder(): EventDecoder {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** Nothing is put together before this much is there. */
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

/** It is signalled later on; 0 and 1 would stand for whole other groups. */
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
