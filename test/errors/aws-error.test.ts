import { expect, it } from '@jest/globals';
import { explainAws } from '../../src/errors/aws-error';
import type { UserError } from '../../src/errors/user-error';

const CALL = { action: 'sqs:GetQueueUrl', region: 'eu-west-1' };
const thrownBy = (error: object) =>
  explainAws<never>(CALL, 'queue jobs', () => Promise.reject(error as Error)).catch(
    (thrown: unknown) => thrown as UserError,
  );

const sdk = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

const HTML = { headers: { 'Content-Type': 'text/html; charset=utf-8' }, statusCode: 503 };

it.each([
  [
    'a page of a proxy, where JSON is read',
    Object.assign(new SyntaxError('Unexpected token \'<\', "<html>" is not valid JSON'), { $response: HTML }),
    '(HTTP 503)',
  ],
  [
    'a page, where XML is read',
    sdk('Error', "char '&' is not expected.:1:5\n  Deserialization error: to see the raw response, inspect"),
    'no answer of AWS',
  ],
  ['a page with a status of its own', sdk('Unknown', 'UnknownError', { $response: HTML }), '(HTTP 503)'],
])('tells of %s as of something that is not AWS', async (_name, error, given) => {
  const [problem] = (await thrownBy(error)).problems;
  expect(problem).toMatchObject({ code: 'WATCHBOT_UNREACHABLE', place: 'queue jobs' });
  expect(problem?.given).toContain(given);
  expect(problem?.given).not.toMatch(/Unexpected token|Deserialization|UnknownError/);
  expect(problem?.advice).toContain('AWS_ENDPOINT_URL');
});

it.each([
  [sdk('InternalFailure', 'oops', { $metadata: { httpStatusCode: 500 } }), 'WATCHBOT_AWS', 'wait a minute'],
  [
    sdk('ValidationError', 'no', { $metadata: { httpStatusCode: 400, requestId: 'r-1' } }),
    'WATCHBOT_AWS',
    "request id, for AWS's support, is r-1",
  ],
  [sdk('Whatever', ''), 'WATCHBOT_AWS', 'see what AWS says'],
  [sdk('Error', '', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), 'WATCHBOT_UNREACHABLE', 'NODE_EXTRA_CA_CERTS'],
  [sdk('Error', '', { code: 'EPROTO' }), 'WATCHBOT_UNREACHABLE', 'see that there is a region'],
])('says what to do: %s', async (error, code, advice) => {
  const { problems } = await thrownBy(error);
  expect(problems).toMatchObject([{ code, allowed: expect.any(String) }]);
  expect(problems[0]?.advice).toContain(advice);
});
