import type { Moto } from './moto';
import { startTestServer } from './http-server';

/** An error answer of AWS, given instead of moto's answer. */
export interface Refusal {
  status: number;
  /** The body in the service's own format: JSON, or XML for CloudFormation. */
  body: string;
}

export interface AwsFront {
  endpoint: string;
  /** Names of the AWS operations that were called, in order. */
  calls: string[];
  stop(): Promise<void>;
}

/** A refusal by a service that speaks JSON, such as ECR. */
export const jsonRefusal = (type: string, message: string): Refusal => ({
  status: 400,
  body: JSON.stringify({ __type: type, message }),
});

/** A refusal by a service that speaks XML, such as CloudFormation. */
export const xmlRefusal = (code: string, message: string): Refusal => ({
  status: 403,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

/**
 * A server in front of moto for what moto does not do: refuse a call for lack of permission, or report a stuck stack.
 * All other calls are forwarded to moto.
 */
export async function startAwsFront(
  { endpoint }: Pick<Moto, 'endpoint'>,
  answers: Readonly<Record<string, Refusal>>,
): Promise<AwsFront> {
  const calls: string[] = [];
  const server = await startTestServer((request, response) => {
    const { method, path, headers, body } = request;
    const operation = operationOf(headers['x-amz-target'], body) ?? `${method} ${path}`;
    calls.push(operation);
    const answer = answers[operation];
    if (answer !== undefined) return void response.writeHead(answer.status).end(answer.body);
    const kept = Object.entries(headers).filter(([name]) => name.startsWith('x-amz') || KEPT.has(name));
    const passed = { method, headers: kept as [string, string][], body: hasBody(method) ? body : null };
    void fetch(`${endpoint}${path}`, passed).then(
      async (from) => {
        const type = from.headers.get('content-type') ?? '';
        response.writeHead(from.status, { 'Content-Type': type }).end(Buffer.from(await from.arrayBuffer()));
      },
      () => response.writeHead(502).end(),
    );
  });
  return { endpoint: server.url, calls, stop: () => server.stop() };
}

const KEPT = new Set(['authorization', 'content-type']);
const hasBody = (method: string) => method !== 'GET' && method !== 'HEAD';

/**
 * @returns `PutImage` for `AmazonEC2ContainerRegistry_V20150921.PutImage`, `DescribeStacks` for
 * `Action=DescribeStacks&…`
 */
function operationOf(target: string | string[] | undefined, body: string): string | undefined {
  if (typeof target === 'string') return target.split('.').at(-1);
  return /(?:^|&)Action=(\w+)/.exec(body)?.[1];
}
