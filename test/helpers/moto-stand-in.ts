import { startTestServer, type TestServer } from './http-server';
import type { Moto } from './moto';

/** What is answered instead of moto. */
export interface StandInAnswer {
  status?: number;
  body: object;
}

/** By the operation's name, like `AmazonSQS.StartMessageMoveTask`. Undefined: moto itself answers. */
export type StandInAnswers = Record<string, (input: Record<string, unknown>) => StandInAnswer | undefined>;

/**
 * Stands before moto, and answers for what it does not know: those operations that speak JSON, by name. All else goes to
 * moto as it came.
 */
export async function startStandIn(moto: Moto, answers: StandInAnswers): Promise<TestServer> {
  return startTestServer((request, response) => {
    const own = answers[String(request.headers['x-amz-target'])];
    const answer = own?.(JSON.parse(request.body) as Record<string, unknown>);
    const done = answer === undefined ? forward(moto, request) : Promise.resolve(asJson(answer));
    void done.then(({ status, headers, text }) => {
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

/** As AWS refuses what IAM does not allow. */
export const denied = (): StandInAnswer => ({
  status: 400,
  body: { __type: 'AccessDeniedException', message: 'User: test is not authorized to perform this' },
});
