import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseObject } from '../../../shared/json';
import {
  MAX_ANSWER_BYTES,
  RuntimeHeader,
  RuntimePath,
  type ReportedError,
} from '../../../contract/runtime-api';

/** What a runtime asks. */
export type RuntimeRequest =
  | { kind: 'next' }
  | { kind: 'init-error' }
  | { kind: 'response' | 'error'; requestId: string }
  | { kind: 'unknown' };

export function parseRequest({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): RuntimeRequest {
  if (method === 'GET' && url === RuntimePath.next) return { kind: 'next' };
  if (method !== 'POST') return { kind: 'unknown' };
  if (url === RuntimePath.initError) return { kind: 'init-error' };
  const [, requestId, kind] = RuntimePath.end.exec(url) ?? [];
  return requestId === undefined ? { kind: 'unknown' } : { kind: kind as 'response' | 'error', requestId };
}

/**
 * On a developer's machine any page can send to loopback: browsers say so, but where the page has rebound its own name,
 * and that the host tells. A worker names the address that it was given.
 */
export function isOfPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'] ?? 'none';
  return origin !== undefined || site !== 'none' || !/^(127\.0\.0\.1|localhost|)(:\d+)?$/i.test(host);
}

/** The whole body; undefined where it is longer than Lambda takes. It is read to its end all the same. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
  }
  return length <= MAX_ANSWER_BYTES ? Buffer.concat(chunks, length) : undefined;
}

/** Of a log line. */
const MAX_TEXT_LENGTH = 1_000;

/** What a runtime says went wrong: in the body, as AWS's own do, or only in the header. */
export function reportedError(body: Buffer | undefined, headers: IncomingMessage['headers']): ReportedError {
  const { errorType, errorMessage } = parseObject(String(body).trimStart()) ?? {};
  const header = headers[RuntimeHeader.errorType];
  const text = (value: unknown, otherwise: string) =>
    (typeof value === 'string' && value !== '' ? value : otherwise).slice(0, MAX_TEXT_LENGTH);
  const type = text(errorType, text(header, 'Error'));
  return { errorType: type, errorMessage: text(errorMessage, 'without a message') };
}

/** The statuses with which Lambda answers: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export const Status = {
  ok: 200,
  accepted: 202,
  badRequest: 400,
  forbidden: 403,
  notFound: 404,
  tooLarge: 413,
};

export function answerJson(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
