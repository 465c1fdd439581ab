import { expect, it } from '@jest/globals';
import { rememberSignatures, type RequestSigner, type SignableRequest } from '../../src/aws-json/client';

const request = (body: string, target = 'AmazonSQS.ReceiveMessage'): SignableRequest => ({
  method: 'POST',
  protocol: 'https:',
  hostname: 'sqs.us-east-1.amazonaws.com',
  port: 443,
  path: '/',
  headers: { 'x-amz-target': target },
  body,
});

/** Says what was signed, and for which time; counts. */
function start() {
  let count = 0;
  const signer = {
    sign: (signed: SignableRequest, options?: { signingDate?: unknown }) => {
      count += 1;
      const authorization = `${count}: ${signed.body} at ${(options?.signingDate as Date).toISOString()}`;
      return Promise.resolve({ ...signed, headers: { ...signed.headers, authorization } });
    },
  } as RequestSigner;
  const signatures = rememberSignatures(signer);
  const sign = async (milliseconds: number, body = 'poll', target?: string) =>
    (await signatures.headersOf(request(body, target), new Date(milliseconds))).authorization;
  return { signatures, sign };
}

it('is worked out once for the same request in the same second', async () => {
  const { sign } = start();
  expect(await sign(1_000)).toBe('1: poll at 1970-01-01T00:00:01.000Z');
  expect(await sign(1_999)).toBe('1: poll at 1970-01-01T00:00:01.000Z');
  expect(await sign(2_000)).toBe('2: poll at 1970-01-01T00:00:02.000Z');
  // The clock was set back.
  expect(await sign(1_000)).toBe('3: poll at 1970-01-01T00:00:01.000Z');
});

it.each([
  ['another body', 'other', undefined],
  ['another action', 'poll', 'AmazonSQS.DeleteMessageBatch'],
])('is another one for %s', async (_, body, target) => {
  const { sign } = start();
  const first = await sign(1_000);
  expect(await sign(1_000, body, target)).not.toBe(first);
  expect(await sign(1_000)).toBe(first);
});

it('is worked out anew when it was forgotten, since credentials may have changed', async () => {
  const { sign, signatures } = start();
  await sign(1_000);
  signatures.forget();
  expect(await sign(1_000)).toMatch(/^2: /);
});

it('is not kept for what is long, nor of too many', async () => {
  const { sign } = start();
  const long = 'x'.repeat(1_025);
  await sign(1_000, long);
  expect(await sign(1_000, long)).toMatch(/^2: /);
  await sign(1_000, 'first');
  for (let index = 0; index < 20; index += 1) await sign(1_000, String(index));
  expect(await sign(1_000, 'first')).toMatch(/^24: /);
});
