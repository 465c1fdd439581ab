import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from '@jest/globals';
import { signedHeaders, type Credentials } from '../../../../src/features/progress/dynamodb/credentials';
import { fc } from '../../../helpers/seeded';

interface Sent {
  headers: Record<string, string>;
  body: string;
}

/** The request of the SDK, signed by its own signer. */
async function signedBySdk(credentials: Credentials, region: string, text: string): Promise<Sent> {
  let sent: Sent | undefined;
  const handle = (request: unknown) => {
    sent = request as Sent;
    return Promise.reject(new Error('not sent'));
  };
  const client = new SQSClient({
    ...{ region, credentials: credentials as never, endpoint: 'http://127.0.0.1:9324' },
    ...{ maxAttempts: 1, requestHandler: { handle } },
  });
  const command = new SendMessageCommand({ QueueUrl: 'http://127.0.0.1:9324/queue', MessageBody: text });
  await expect(client.send(command)).rejects.toThrow('not sent');
  return sent!;
}

/** From `20260101T000000Z`. */
const timeOf = (date: string) =>
  new Date(date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));

/** The same request, signed here: with the headers that the SDK has signed, without those that signing adds. */
function signedHere({ headers, body }: Sent, credentials: Credentials, region: string) {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const added = ['x-amz-date', 'x-amz-security-token'];
  const signed = names.split(';').filter((name) => !added.includes(name));
  return signedHeaders(
    {
      headers: Object.fromEntries(signed.map((name) => [name, headers[name]!])),
      body,
      time: timeOf(headers['x-amz-date']!),
    },
    credentials,
    { region, service: 'sqs' },
  );
}

const key = fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/);
const asked = fc.record({
  credentials: fc.record(
    { accessKeyId: key, secretAccessKey: key, sessionToken: key },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1'),
  text: fc.string({ unit: 'grapheme', minLength: 1 }),
});

it('signs every request as the SDK does', async () => {
  await fc.assert(
    fc.asyncProperty(asked, async ({ credentials, region, text }) => {
      const sent = await signedBySdk(credentials, region, text);
      expect(sent.headers).toMatchObject(signedHere(sent, credentials, region));
    }),
    { numRuns: 40 },
  );
});
