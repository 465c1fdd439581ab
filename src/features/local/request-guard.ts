import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { escapeHidden } from '../../shared/escape';

/**
 * A server on loopback is open to every web page in the developer's browser, and a message there runs a worker on the
 * developer's machine. So only requests of this machine's tools are accepted: they are signed, as every AWS client
 * signs, have a host name that nobody else can have, and no marks of a browser. The signature itself is not checked,
 * since each tool has dummy keys of its own; but a page cannot send such a header without asking first (OPTIONS), and
 * that is refused. These are the exceptions.
 */
export const EXCEPTIONS = [
  {
    name: 'a signature in the query',
    reason:
      'a presigned URL of S3 has no header to sign with; SQS and SNS take none (POST /), and it is refused to pages, too',
    applies: ({ method, url = '' }: IncomingMessage) =>
      !(method === 'POST' && pathOf(url) === '/') && isSignedInQuery(url),
    spares: 'signature',
  },
  {
    name: 'a container that reaches its host',
    reason: 'Docker and Podman give the host these names within containers; .internal is nobody’s in the DNS',
    applies: ({ headers }: IncomingMessage) =>
      ['host.docker.internal', 'host.containers.internal'].includes(hostName(headers.host)),
    spares: 'host',
  },
] as const;

/**
 * Puts the guard before whatever answers the server's requests. It checks each request of a connection, not only the
 * first.
 *
 * @param onRefused text for people, once for each reason
 */
export function guardRequests(server: Server, onRefused: (text: string) => void): void {
  const listeners = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  if (listeners.length === 0) throw new Error('nothing answers this server; this should not happen');
  const told = new Set<string>();
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = refusalOf(request);
    if (refusal === undefined) {
      listeners.forEach((listener) => listener.call(server, request, response));
      return;
    }
    answerRefused(request, response, refusal.reason);
    if (told.has(refusal.reason)) return;
    told.add(refusal.reason);
    onRefused(
      `a request to the emulator was refused: ${refusal.reason} (${escapeHidden(refusal.given)}). ` +
        'This is said once',
    );
  });
}

interface Refusal {
  reason: string;
  given: string;
}

/** Why a request is refused; undefined if it is accepted. */
function refusalOf(request: IncomingMessage): Refusal | undefined {
  const { method, url = '', headers } = request;
  if (method === 'OPTIONS') {
    return { reason: 'web pages may not ask what they may send', given: 'OPTIONS' };
  }
  const spared = EXCEPTIONS.filter(({ applies }) => applies(request)).map(({ spares }) => spares);
  // In an absolute target its host would count, not the header.
  if (!url.startsWith('/')) return { reason: 'the target is to be a path', given: url.slice(0, 100) };
  if (!spared.includes('host') && !isLoopbackName(hostName(headers.host))) return foreignHost(headers.host);
  if (timesGiven(request, 'host') > 1) return { reason: 'Host may be given once only', given: 'Host twice' };
  return fromPage(request) ?? (spared.includes('signature') ? undefined : unsigned(request));
}

function foreignHost(host = 'none'): Refusal {
  return { reason: 'the host is to be localhost or 127.0.0.1', given: `Host: ${host.slice(0, 100)}` };
}

/** Browsers say in one of these headers where a page is from, and pages cannot prevent it. */
function fromPage({ headers }: IncomingMessage): Refusal | undefined {
  const reason = 'web pages have no access';
  if (headers.origin !== undefined) return { reason, given: `Origin: ${headers.origin.slice(0, 100)}` };
  const site = headers['sec-fetch-site'];
  // "none": somebody has typed the address.
  if (site === undefined || site === 'none') return undefined;
  return { reason, given: `Sec-Fetch-Site: ${site.slice(0, 100)}` };
}

function unsigned({ headers }: IncomingMessage): Refusal | undefined {
  if (/^AWS4-HMAC-SHA256 .*Credential=.*Signature=/.test(headers.authorization ?? '')) return undefined;
  return {
    reason: 'requests are to be signed, as AWS’s clients do with any keys',
    given: 'no Authorization: AWS4-HMAC-SHA256',
  };
}

/** Without the port, in lower case. */
function hostName(host = ''): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

/** All names below localhost are this machine's (RFC 6761); the emulator uses such names in its URLs. */
function isLoopbackName(name: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(name) || /^[a-z0-9._-]+\.localhost$/.test(name);
}

const pathOf = (url: string) => url.split('?', 1)[0];

/** As the SDK signs, or as botocore still signs for S3 by default. */
function isSignedInQuery(url: string): boolean {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const given = (...names: string[]) => names.every((name) => (query.get(name) ?? '') !== '');
  return (
    (query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' && given('X-Amz-Signature')) ||
    given('AWSAccessKeyId', 'Signature', 'Expires')
  );
}

/** Counts a header in the raw list: of several, `headers` has only the first. */
function timesGiven({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

/** Answers in the form that the service's client reads: JSON for SQS and DynamoDB, XML for SNS and S3. */
function answerRefused(request: IncomingMessage, response: ServerResponse, reason: string): void {
  const message = `refused by the emulator of sls watchbot local: ${reason}`;
  const isJson = (request.headers['content-type'] ?? '').includes('json');
  const body = isJson
    ? JSON.stringify({ __type: 'AccessDeniedException', message })
    : '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>' +
      `<Message>${message}</Message></Error></ErrorResponse>`;
  // Nobody else reads the body.
  request.resume();
  response.writeHead(403, {
    'content-type': isJson ? 'application/x-amz-json-1.0' : 'text/xml; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
