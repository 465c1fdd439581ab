import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { endAwsStandIns, startAwsStandIn } from '../helpers/aws-stand-in';
import { startTestServer } from '../helpers/http-server';

// Serverless 4 downloads itself when it runs, and needs an account, so a stand-in with its interfaces runs the built
// plugin.

const STAND_IN = path.resolve(__dirname, '../helpers/serverless-4.cjs');
const SERVICE = { service: 'tiles', provider: { name: 'aws' }, watchbot: { command: 'true', topic: false } };
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDFOUR', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

function runAs4(
  line: readonly string[],
  { environment = KEYS, service = SERVICE }: { environment?: Record<string, string>; service?: object } = {},
): Promise<Result> {
  const env = { PATH: process.env.PATH, SERVICE: JSON.stringify(service), ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [STAND_IN, ...line], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end();
  });
}

interface SentMessage {
  MessageBody: string;
  MessageAttributes?: object;
}

/** SQS with one queue, and the messages that were sent to it. */
async function startQueue() {
  const sent: SentMessage[] = [];
  const server = await startAwsStandIn({
    GetQueueUrl: ({ QueueName }) => ({ QueueUrl: `${server.url}/000000000000/${String(QueueName)}` }),
    GetQueueAttributes: () => ({ Attributes: { QueueArn: 'arn:aws:sqs:us-east-1:000000000000:queue' } }),
    SendMessage: (input) => {
      const message = input as unknown as SentMessage;
      sent.push(message);
      return {
        MessageId: '7f3c1a2e-5b7d-4c1e-9a54-1f0f6f3b9d11',
        MD5OfMessageBody: createHash('md5').update(message.MessageBody).digest('hex'),
      };
    },
  });
  return { server, sent, environment: { ...KEYS, AWS_ENDPOINT_URL: server.url } };
}

afterEach(endAwsStandIns);

describe('under a stand-in of Serverless 4.41', () => {
  it.each([
    [['hello', '--attribute', 'kind=test'], 'hello'],
    [['--queue', '{"z":1}', '--attribute', 'kind=test'], '{"z":1}'],
  ])('send %j reaches AWS with the credentials of the framework', async (args, body) => {
    const { server, sent, environment } = await startQueue();
    const { code, stdout, stderr } = await runAs4(['watchbot', 'send', ...args], { environment });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Sent 7f3c1a2e-\S+ to the queue/);
    expect(sent).toMatchObject([
      { MessageBody: body, MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } } },
    ]);
    for (const { headers } of server.requests) {
      expect(headers.authorization).toContain('Credential=AKIDFOUR/');
      expect(headers['x-amz-security-token']).toBe('token');
    }
  });

  it('says what to do if there are no credentials', async () => {
    const { code, stderr } = await runAs4(['watchbot', 'send', 'hello'], { environment: {} });
    expect(code).toBe(1);
    expect(stderr).toContain(
      [
        '✖ WATCHBOT_CREDENTIALS at AWS credentials',
        '  given:   AWS credentials missing or invalid.',
        '  allowed: AWS credentials that are valid now',
        '  do:      log in again, or set --aws-profile, AWS_PROFILE or AWS_ACCESS_KEY_ID',
      ].join('\n'),
    );
    expect(stderr).not.toContain('    at ');
  });

  it('says once what remains if there is no stack to remove', async () => {
    const noStack = await startTestServer((_, response) => {
      const message = 'Stack with id tiles-dev does not exist';
      response.writeHead(400, { 'Content-Type': 'text/xml' });
      response.end(
        `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    });
    try {
      const service = {
        ...SERVICE,
        watchbot: { ...SERVICE.watchbot, registry: 'registry.example.com/team' },
      };
      const environment = { ...KEYS, AWS_ENDPOINT_URL: noStack.url };
      const { code, stderr } = await runAs4(['remove'], { service, environment });
      expect([code, stderr]).toEqual([0, 'The images in registry.example.com/team stay\n']);
    } finally {
      await noStack.stop();
    }
  });
});
