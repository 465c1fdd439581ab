import { Agent, request, type IncomingMessage } from 'node:http';
import { RuntimeHeader, RuntimePath } from '../contract/runtime-api';
import type { ErrorReport } from './report';

export interface ReceivedInvocation {
  headers: IncomingMessage['headers'];
  requestId: string;
  event: unknown;
}

/** The runtime's side of the Runtime API. */
export interface RuntimeClient {
  /** Waits as long as it takes. */
  next(): Promise<ReceivedInvocation>;
  respond(requestId: string, result: string): Promise<void>;
  fail(requestId: string, error: ErrorReport): Promise<void>;
  failInit(error: ErrorReport): Promise<void>;
}

/** @param address `host:port` */
export function createRuntimeClient(address: string): RuntimeClient {
  const [host, port] = address.split(':');
  // One connection: a request begins when the one before it has been answered.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = (method: string, path: string, body?: string) =>
    send({ host, port, agent, method, path }, body);
  const post = async (path: string, body: string) => {
    await call('POST', path, body);
  };
  return {
    next: async () => {
      const { headers, text } = await call('GET', RuntimePath.next);
      return {
        headers,
        requestId: String(headers[RuntimeHeader.requestId]),
        event: JSON.parse(text),
      };
    },
    respond: (requestId, result) => post(RuntimePath.response(requestId), result),
    fail: (requestId, error) => post(RuntimePath.error(requestId), JSON.stringify(error)),
    failInit: (error) => post(RuntimePath.initError, JSON.stringify(error)),
  };
}

function send(
  options: { host: string | undefined; port: string | undefined; agent: Agent; method: string; path: string },
  body: string | undefined,
): Promise<{ headers: IncomingMessage['headers']; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const call = request({ ...options, headers }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ headers: response.headers, text });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
