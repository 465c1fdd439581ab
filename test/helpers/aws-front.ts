import type { Moto } from './moto';
import { startTestServer } from './http-server';

/** What AWS would say instead of moto. */
export interface Refusal {
  status: number;
  /** As the service writes it: JSON, or CloudFormation's XML. */
  body: string;
}

export interface AwsFront {
  endpoint: string;
  /** Calls by the names of AWS's operations, in order. */
  calls: string[];
  stop(): Promise<void>;
}

/** Of a service that speaks JSON: ECR. */
export const jsonRefusal = (type: string, message: string): Refusal => ({
  status: 400,
  body: JSON.stringify({ __type: type, message }),
});

/** Of a service that speaks XML: CloudFormation. */
export const xmlRefusal = (code: string, message: string): Refusal => ({
  status: 403,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

/**
 * Stands in for what moto does not do: refuse who may not, and be in a state in which stacks get stuck. Other calls go
 * on to moto.
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

/** The end of `AmazonEC2ContainerRegistry_V20150921.PutImage`, or of `Action=DescribeStacks&…`. */
function operationOf(target: string | string[] | undefined, body: string): string | undefined {
  if (typeof target === 'string') return target.split('.').at(-1);
  return /(?:^|&)Action=(\w+)/.exec(body)?.[1];
}
