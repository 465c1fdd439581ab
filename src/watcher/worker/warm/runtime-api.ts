import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseObject } from '../../../shared/json';
import {
  MAX_ANSWER_BYTES,
  type ReportedError,
  RuntimeHeader,
  RuntimePath,
} from '../../../contract/runtime-api';
import type { WorkerEnd } from '../run-worker';

export interface RuntimeApiOptions {
  functionArn: string;
  /** The worker asks for an invocation; `give` gives it one. */
  onReady: () => void;
  /** The worker does not ask any longer: its connection is closed. */
  onGone: () => void;
  onAnswer: (answer: Answer) => void;
  onInitError: (error: ReportedError) => void;
}

/**
 * Lambda's Runtime API for one worker. Each has a port of its own, so that no answer is taken for another's. There are no
 * extensions, telemetry or snapshots.
 */
export class RuntimeApi {
  private readonly options: RuntimeApiOptions;
  private readonly server: Server;
  /** The request that waits for an invocation. */
  private waiting: ServerResponse | undefined;
  private requestId: string | undefined;
  private hasAsked = false;

  constructor(options: RuntimeApiOptions) {
    this.options = options;
    // A request for an invocation waits as long as it takes.
    this.server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
    this.server.on('request', (request, response) => void this.serve(request, response));
  }

  /** Resolves to `host:port`, which can be reached on loopback only. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      // The listener stays: a connection that cannot be accepted, at the limit of open files, must not end the watcher.
      this.server.on('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Gives an invocation to the last request. */
  give({ requestId, event, deadlineMs, traceHeader }: Invocation): void {
    this.requestId = requestId;
    const response = this.waiting;
    this.waiting = undefined;
    if (response === undefined) {
      // The worker was ready a moment ago.
      this.end({ kind: 'refused', reason: 'it hung up before it got the invocation' });
      return;
    }
    response.writeHead(Status.ok, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(event),
      [RuntimeHeader.requestId]: requestId,
      [RuntimeHeader.deadlineMs]: String(deadlineMs),
      [RuntimeHeader.functionArn]: this.options.functionArn,
      ...(isHeaderValue(traceHeader) && { [RuntimeHeader.traceId]: traceHeader }),
    });
    response.end(event);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isOfPage(request)) {
      request.resume();
      refuse(response, Status.forbidden, 'no worker: web pages have no access');
      return;
    }
    const asked = parseRequest(request);
    try {
      if (asked.kind === 'next') this.onNext(response);
      else await this.onPost(asked, request, response);
    } catch {
      // The worker hung up in the middle of its own request.
      response.destroy();
    }
  }

  private onNext(response: ServerResponse): void {
    // Its connection may have broken before it got the invocation. Nobody would answer, and the messages would wait in vain.
    if (this.requestId !== undefined)
      this.end({ kind: 'refused', reason: 'it asked for the next before it answered' });
    const before = this.waiting;
    this.hasAsked = true;
    this.waiting = response;
    response.once('close', () => {
      if (this.waiting !== response) return;
      this.waiting = undefined;
      this.options.onGone();
    });
    if (before === undefined) this.options.onReady();
    else refuse(before, Status.forbidden, 'it has asked again since');
  }

  private async onPost(
    asked: Exclude<RuntimeRequest, { kind: 'next' }>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(request);
    switch (asked.kind) {
      case 'unknown':
        answerJson(response, Status.notFound, {
          errorType: 'NotFound',
          errorMessage: `${request.method} ${request.url} is no part of the Runtime API that the watcher serves`,
        });
        return;
      case 'init-error':
        this.onInitError(response, reportedError(body, request.headers));
        return;
      case 'error':
        if (!this.isCurrent(asked.requestId, response)) return;
        this.take(response, { kind: 'error', error: reportedError(body, request.headers) });
        return;
      case 'response':
        if (this.isCurrent(asked.requestId, response)) this.onResponse(request, response, body);
    }
  }

  private onInitError(response: ServerResponse, error: ReportedError): void {
    if (this.hasAsked) {
      refuse(response, Status.forbidden, 'it has been initialised');
      return;
    }
    accept(response);
    this.options.onInitError(error);
  }

  private onResponse(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    if (request.headers[RuntimeHeader.responseMode] === 'streaming') {
      const reason = 'it streamed its answer, and nobody reads one here: return a value';
      this.take(response, { kind: 'refused', reason }, Status.badRequest);
    } else if (body === undefined) {
      const reason = `its answer has more than ${MAX_ANSWER_BYTES} bytes`;
      this.take(response, { kind: 'refused', reason }, Status.tooLarge);
    } else {
      this.take(response, { kind: 'response', body });
    }
  }

  private isCurrent(requestId: string, response: ServerResponse): boolean {
    if (requestId === this.requestId) return true;
    answerJson(response, Status.badRequest, {
      errorType: 'InvalidRequestID',
      errorMessage: 'this is not the invocation under way',
    });
    return false;
  }

  /** Takes an answer. The worker may then ask for more. */
  private take(response: ServerResponse, answer: Answer, status = Status.accepted): void {
    if (answer.kind === 'refused') {
      answerJson(response, status, { errorType: 'InvalidResponse', errorMessage: answer.reason });
    } else {
      accept(response);
    }
    this.end(answer);
  }

  private end(answer: Answer): void {
    this.requestId = undefined;
    this.options.onAnswer(answer);
  }
}

/** The trace comes from whoever sent the message, and Node throws if it cannot be a header. */
const isHeaderValue = (text: string | undefined): text is string =>
  text !== undefined && /^[\x20-\x7e]*$/.test(text);

function accept(response: ServerResponse): void {
  answerJson(response, Status.accepted, { status: 'OK' });
}

function refuse(response: ServerResponse, status: number, errorMessage: string): void {
  answerJson(response, status, { errorType: 'InvalidStateTransition', errorMessage });
}

/** A request of a runtime. */
export type RuntimeRequest =
  | { kind: 'next' }
  | { kind: 'init-error' }
  | { kind: 'response' | 'error'; requestId: string }
  | { kind: 'unknown' };

function parseRequest({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): RuntimeRequest {
  if (method === 'GET' && url === RuntimePath.next) return { kind: 'next' };
  if (method !== 'POST') return { kind: 'unknown' };
  if (url === RuntimePath.initError) return { kind: 'init-error' };
  const [, requestId, kind] = RuntimePath.end.exec(url) ?? [];
  return requestId === undefined ? { kind: 'unknown' } : { kind: kind as 'response' | 'error', requestId };
}

/**
 * On a developer's machine any web page can send requests to loopback. Browsers say so in headers, unless the page has
 * rebound its own name, and then the host gives it away. A worker names the address that it was given.
 */
function isOfPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'] ?? 'none';
  return origin !== undefined || site !== 'none' || !/^(127\.0\.0\.1|localhost|)(:\d+)?$/i.test(host);
}

/** Reads the whole body; undefined if it is longer than Lambda takes, though it is read to its end. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
  }
  return length <= MAX_ANSWER_BYTES ? Buffer.concat(chunks, length) : undefined;
}

/** The most characters of it in a log line. */
const MAX_TEXT_LENGTH = 1_000;

/** The error that a runtime reports: in the body, as AWS's runtimes do, or only in the header. */
function reportedError(body: Buffer | undefined, headers: IncomingMessage['headers']): ReportedError {
  const { errorType, errorMessage } = parseObject(String(body).trimStart()) ?? {};
  const header = headers[RuntimeHeader.errorType];
  const text = (value: unknown, otherwise: string) =>
    (typeof value === 'string' && value !== '' ? value : otherwise).slice(0, MAX_TEXT_LENGTH);
  const type = text(errorType, text(header, 'Error'));
  return { errorType: type, errorMessage: text(errorMessage, 'without a message') };
}

/** The statuses with which Lambda answers: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
const Status = {
  ok: 200,
  accepted: 202,
  badRequest: 400,
  forbidden: 403,
  notFound: 404,
  tooLarge: 413,
};

function answerJson(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** One call of a handler. */
export interface Invocation {
  requestId: string;
  /** JSON. */
  event: string;
  /** The time of day at which it is stopped. */
  deadlineMs: number;
  traceHeader: string | undefined;
}

/** What a runtime says at the end of an invocation. */
export type Answer =
  | { kind: 'response'; body: Buffer }
  | { kind: 'error'; error: ReportedError }
  /** The answer was not taken: it is too large, or streamed. */
  | { kind: 'refused'; reason: string };

/** How an invocation ended: by an answer, or with its worker's process. */
export type InvocationEnd = Answer | { kind: 'ended'; end: WorkerEnd };
