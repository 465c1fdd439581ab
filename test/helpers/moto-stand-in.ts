import { startTestServer, type TestServer } from './http-server';
import type { Moto } from './moto';

/** An answer that is given instead of moto's. */
export interface StandInAnswer {
  status?: number;
  body: object;
}

/** Answers by operation, such as `AmazonSQS.StartMessageMoveTask`. If one returns undefined, moto answers. */
export type StandInAnswers = Record<string, (input: Record<string, unknown>) => StandInAnswer | undefined>;

/** A server in front of moto that answers JSON operations which moto does not know. It forwards all other calls. */
export async function startStandIn(moto: Moto, answers: StandInAnswers): Promise<TestServer> {
  return startTestServer((request, response) => {
    const own = answers[String(request.headers['x-amz-target'])];
    const answer = own?.(JSON.parse(request.body) as Record<string, unknown>);
    const reply = answer === undefined ? forward(moto, request) : Promise.resolve(asJson(answer));
    void reply.then(({ status, headers, text }) => {
      response.writeHead(status, headers).end(text);
    });
  });
}

const asJson = ({ status = 200, body }: StandInAnswer) => ({
  status,
  headers: { 'Content-Type': 'application/x-amz-json-1.0' },
  text: JSON.stringify(body),
});

async function forward(
  { endpoint }: Moto,
  { method, path, headers, body }: Parameters<Parameters<typeof startTestServer>[0]>[0],
) {
  const kept = Object.entries(headers).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && !['host', 'connection', 'content-length', 'expect'].includes(entry[0]),
  );
  const answer = await fetch(`${endpoint}${path}`, {
    method,
    headers: Object.fromEntries(kept),
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
  const type = answer.headers.get('content-type');
  return {
    status: answer.status,
    headers: type === null ? {} : { 'Content-Type': type },
    text: await answer.text(),
  };
}

/** The answer of AWS to a call that IAM does not allow. */
export const denied = (): StandInAnswer => ({
  status: 400,
  body: { __type: 'AccessDeniedException', message: 'User: test is not authorized to perform this' },
});
