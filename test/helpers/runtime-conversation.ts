import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { RuntimeVariable } from '../../src/contract/environment';
import { MAX_ANSWER_BYTES, RuntimeHeader, RuntimePath } from '../../src/contract/runtime-api';
import { HANDLERS } from './runtime-clients';

/** How an invocation ends, as the Runtime API sees it. */
export type End =
  | { answer: unknown }
  /** The client reports an error of this type. */
  | { error: string }
  /** The handler cannot be loaded: the client reports an initialization error of this type. */
  | { initError: string }
  /** The process ended before it answered. */
  | { exit: number | string }
  | 'streams its answer'
  | 'refused: too large'
  /** There was no answer for as long as the test waited. */
  | 'nothing';

/** What the client's process does after the invocation. */
export type Then = 'goes on' | 'ends';

export interface Seen {
  end: End;
  then: Then;
}

const EVENT = JSON.stringify({ Records: [] });
const REQUEST_ID = 'the-invocation';

/** How long the test waits for an answer. */
const SILENCE_MS = 1_500;

/** How long the test watches a process that should go on: whatever the handler left running is over by then. */
const AFTERWARDS_MS = 250;

/** How long a process that should end may take, on a busy machine. */
const LAST_WAIT_MS = 20_000;

/** Timers that lose their race must not keep the test process running. */
const NOT_WAITED_FOR = { ref: false };

/** Has a client of the Runtime API invoke a handler of test/fixtures/handlers once. */
async function converse(command: readonly string[], handler: string, expected: Then): Promise<Seen> {
  const api = new OneInvocation();
  const [program = '', ...words] = command;
  const child = spawn(program, words, {
    cwd: HANDLERS,
    stdio: 'ignore',
    env: environmentOf(await api.listen(), handler),
  });
  const exited = exitOf(child);
  try {
    const end = await Promise.race([api.end, exited.then((exit) => ({ exit })), silence(api)]);
    if (end === 'nothing') return { end, then: 'goes on' };
    const waitMs = expected === 'ends' ? LAST_WAIT_MS : AFTERWARDS_MS;
    const then = await Promise.race([
      exited.then(() => 'ends' as const),
      pause(waitMs, 'goes on' as const, NOT_WAITED_FOR),
    ]);
    return { end, then };
  } finally {
    child.kill('SIGKILL');
    await exited;
    api.close();
  }
}

const environmentOf = (address: string, handler: string) => ({
  PATH: process.env.PATH,
  [RuntimeVariable.runtimeApi]: address,
  [RuntimeVariable.handler]: handler,
  [RuntimeVariable.taskRoot]: HANDLERS,
  [RuntimeVariable.functionName]: 'tiles-dev-render',
  [RuntimeVariable.functionVersion]: '$LATEST',
  [RuntimeVariable.memorySizeMiB]: '512',
  [RuntimeVariable.logGroup]: 'the-log-group',
  [RuntimeVariable.logStream]: 'the-log-stream',
});

async function exitOf(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return code ?? signal ?? '';
}

/** Resolves a while after the client got the invocation. */
async function silence(api: OneInvocation): Promise<'nothing'> {
  await api.given;
  return pause(SILENCE_MS, 'nothing' as const, NOT_WAITED_FOR);
}

/** A Runtime API that gives one invocation. */
class OneInvocation {
  readonly end: Promise<End>;
  readonly given: Promise<void>;
  private readonly server: Server;
  private resolveEnd: (end: End) => void = () => undefined;
  private resolveGiven: () => void = () => undefined;
  private hasGiven = false;

  constructor() {
    this.end = new Promise((resolve) => (this.resolveEnd = resolve));
    this.given = new Promise((resolve) => (this.resolveGiven = resolve));
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The client's request for a second invocation is never answered.
    if (request.method === 'GET') {
      if (!this.hasGiven) this.giveInvocation(response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { end, status } = endOf(request, Buffer.concat(chunks));
    this.resolveEnd(end);
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  }

  private giveInvocation(response: ServerResponse): void {
    this.hasGiven = true;
    response.writeHead(200, {
      'content-type': 'application/json',
      [RuntimeHeader.requestId]: REQUEST_ID,
      [RuntimeHeader.deadlineMs]: String(Date.now() + 60_000),
      [RuntimeHeader.functionArn]: 'arn:aws:lambda:us-east-1:000000000000:function:tiles-dev-render',
    });
    response.end(EVENT);
    this.resolveGiven();
  }
}

function endOf({ url, headers }: IncomingMessage, body: Buffer): { end: End; status: number } {
  const accepted = 202;
  const typeOf = () => (JSON.parse(body.toString()) as { errorType: string }).errorType;
  if (url === RuntimePath.initError) return { end: { initError: typeOf() }, status: accepted };
  if (url === RuntimePath.error(REQUEST_ID)) return { end: { error: typeOf() }, status: accepted };
  if (headers[RuntimeHeader.responseMode] === 'streaming') return { end: 'streams its answer', status: 400 };
  if (body.length > MAX_ANSWER_BYTES) return { end: 'refused: too large', status: 413 };
  return { end: { answer: JSON.parse(body.toString()) as unknown }, status: accepted };
}

/** Number of conversations at the same time. They mostly wait. */
const AT_ONCE = 4;

/** Runs a conversation for each row, in any order. */
export async function converseAll<Of extends { handler: string }>(
  rows: readonly Of[],
  of: (row: Of) => { command: readonly string[]; expected: Then },
): Promise<ReadonlyMap<Of, Seen>> {
  const seen = new Map<Of, Seen>();
  const waiting = [...rows];
  const work = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const { command, expected } = of(row);
      seen.set(row, await converse(command, row.handler, expected));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return seen;
}
