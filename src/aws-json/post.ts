import type { ClientRequest, IncomingMessage } from 'node:http';
import { routeTo } from './route';

/** Sends to one place, over connections that are kept open. */
export interface Poster {
  /** @throws {Error} if no complete answer came: too late, cut off, or not at all */
  post(request: Post): Promise<HttpAnswer>;
  /** Closes the connections. */
  close(): void;
}

interface Post {
  headers: Readonly<Record<string, string>>;
  body: string;
  /** How long the other side may take to begin its answer. */
  answerTimeoutMs: number;
  /** Gives the request up. */
  signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  status: number;
  /** The other side's own time of day. */
  date: string | undefined;
  body: string;
}

export interface Limits {
  connectTimeoutMs: number;
  /** From the beginning of an answer to its end. */
  bodyTimeoutMs: number;
  clock: Timers;
}

/** The timers of a clock. */
export interface Timers {
  /** Calls back once after the time, unless it is cancelled by the function that this returns. */
  after(milliseconds: number, call: () => void): () => void;
}

/** It may name a proxy. */
type Environment = Readonly<Record<string, string | undefined>>;

/** The other side had already closed the kept connection, and has read nothing of the request. */
export class StaleConnectionError extends Error {
  override readonly name = 'StaleConnectionError';
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

class AbortError extends Error {
  override readonly name = 'AbortError';
}

/** @throws {Error} if the environment names a proxy by what is no address of one */
export function createPoster(endpoint: URL, limits: Limits, environment: Environment = {}): Poster {
  const { clock, connectTimeoutMs } = limits;
  const route = routeTo(endpoint, environment, (giveUp) =>
    clock.after(connectTimeoutMs, () => giveUp(new TimeoutError(late('connection', connectTimeoutMs)))),
  );
  return {
    post: (post) => {
      const request = route.open({ ...route.options, headers: { ...post.headers, ...route.headers } });
      const exchange = new Exchange(request, clock);
      exchange.limitConnecting(route.connected, connectTimeoutMs);
      return exchange.run(post, limits.bodyTimeoutMs);
    },
    close: () => {
      route.options.agent.destroy();
    },
  };
}

/** One request and its answer. */
class Exchange {
  private readonly request: ClientRequest;
  private readonly clock: Timers;
  private cancelLimit: () => void = () => undefined;
  /** Why this side has ended the request: Node's own error only says that it was ended. */
  private reason: Error | undefined;
  private fail: (error: Error) => void = () => undefined;

  constructor(request: ClientRequest, clock: Timers) {
    this.request = request;
    this.clock = clock;
  }

  limitConnecting(connected: string, timeoutMs: number): void {
    this.request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const cancel = this.clock.after(timeoutMs, () =>
        this.end(new TimeoutError(late('connection', timeoutMs))),
      );
      socket.once(connected, cancel);
      socket.once('close', cancel);
    });
  }

  run({ body, answerTimeoutMs, signal }: Post, bodyTimeoutMs: number): Promise<HttpAnswer> {
    const { request } = this;
    const giveUp = () => void this.end(new AbortError('the request was aborted'));
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    request.once('close', () => {
      this.cancelLimit();
      signal?.removeEventListener('abort', giveUp);
    });
    this.limit('answer', answerTimeoutMs);
    return new Promise((resolve, reject) => {
      this.fail = reject;
      if (this.reason !== undefined) reject(this.reason);
      request.once('response', (response) => {
        this.limit('end of the answer', bodyTimeoutMs);
        read(response).then(resolve, (error: unknown) => {
          reject(this.reason ?? (error as Error));
        });
      });
      request.once('error', (error) =>
        reject(this.reason ?? (isStale(request, error) ? stale(error) : error)),
      );
      request.end(body);
    });
  }

  private limit(what: string, timeoutMs: number): void {
    this.cancelLimit();
    this.cancelLimit = this.clock.after(timeoutMs, () => this.end(new TimeoutError(late(what, timeoutMs))));
  }

  private end(reason: Error): void {
    this.reason ??= reason;
    this.cancelLimit();
    this.request.destroy(reason);
    // The request itself fails only once it has a connection, for which a proxy may take its time.
    this.fail(this.reason);
  }
}

const late = (what: string, timeoutMs: number) => `no ${what} within ${timeoutMs} ms`;

/** @throws {Error} if it is cut off */
function read(response: IncomingMessage): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (body += chunk));
    response.once('end', () =>
      resolve({ status: response.statusCode ?? 0, date: response.headers.date, body }),
    );
    response.once('error', reject);
  });
}

/** https://nodejs.org/api/http.html#requestreusedsocket */
const isStale = ({ reusedSocket }: ClientRequest, { code }: NodeJS.ErrnoException) =>
  reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');

const stale = ({ message }: Error) => new StaleConnectionError(message);
