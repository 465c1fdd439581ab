import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { endAwsStandIns, startAwsStandIn } from '../helpers/aws-stand-in';
import {
  emptyService,
  endFrameworks,
  removeServices,
  runFramework,
  type Framework,
} from '../helpers/framework';
import { runAs4 } from '../helpers/as-serverless-4';

// What a user may do in each framework: a table, whose cells are tests. Types and order of what the plugin uses of them are
// in conformance.built.test.ts. Serverless 4 is a stand-in of its open library at 4.41, once with the credentials that it
// gives since 4.30, and once with those in an object, as before.

afterEach(endAwsStandIns);
afterEach(endFrameworks);
afterAll(removeServices);

interface Ended {
  code: number | string;
  output: string;
}

type Environment = Readonly<Record<string, string>>;

/** Runs a command for each service, all in one process. */
type Run = (line: readonly string[], environment: Environment, names: readonly string[]) => Promise<Ended[]>;

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDFOUR', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
/** So that nobody asks the machine for credentials. */
const NO_KEYS = { AWS_EC2_METADATA_DISABLED: 'true' };

const serviceOf = (name: string) => ({
  service: name,
  provider: { name: 'aws', region: 'us-east-1' },
  plugins: ['serverless-watchbot'],
  watchbot: { command: 'true', topic: false },
});

const runBy =
  (framework: Framework): Run =>
  async (line, environment, names) => {
    const ended: Ended[] = [];
    for (const name of names) {
      const folder = emptyService(name);
      writeFileSync(path.join(folder, 'serverless.yml'), JSON.stringify(serviceOf(name)));
      ended.push(await runFramework(framework, line, { folder, environment }));
    }
    return ended;
  };

const runBy4 =
  (more: Environment): Run =>
  async (line, environment, names) => {
    const services = names.map(serviceOf);
    const { code, stdout, stderr } = await runAs4(line, {
      environment: { ...environment, ...more },
      services,
    });
    return [{ code, output: `${stdout}${stderr}` }];
  };

const COLUMNS: readonly (readonly [string, Run])[] = [
  ['osls 4', runBy('osls')],
  ['Serverless 3', runBy('serverless')],
  ['Serverless 4', runBy4({})],
  ['Serverless 4, credentials in an object', runBy4({ CREDENTIALS_IN_OBJECT: '1' })],
];

interface SentMessage {
  QueueUrl: string;
  MessageBody: string;
  MessageAttributes?: object;
}

/** SQS, and the messages that were sent to it. */
async function startQueues() {
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

/** A proxy that lets nobody through, and where they wanted to go. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer().on('connect', ({ url = '' }, socket: Socket) => {
    asked.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const ONE = ['tiles'];

/** What holds in each of them. */
const ROWS: Readonly<Record<string, (run: Run) => Promise<void>>> = {
  'one attribute is a list of one, and AWS is called with the credentials of the framework': async (run) => {
    const { server, sent, environment } = await startQueues();
    const line = ['watchbot', 'send', 'hello', '--attribute', 'kind=test'];
    const [{ code, output } = { code: '', output: '' }] = await run(line, environment, ONE);
    expect([code, output]).toEqual([0, expect.stringMatching(/^Sent 7f3c1a2e-\S+ to the queue/m)]);
    expect(sent).toMatchObject([
      { MessageBody: 'hello', MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } } },
    ]);
    for (const { headers } of server.requests) {
      expect(headers.authorization).toContain('Credential=AKIDFOUR/');
      expect(headers['x-amz-security-token']).toBe('token');
    }
  },
  'a switch before the message, and a number as a value': async (run) => {
    const { sent, environment } = await startQueues();
    const line = ['watchbot', 'send', '--queue', '{"z":1}', '--delay', '5s', '--attribute', 'size:Number=5'];
    await run(line, environment, ONE);
    expect(sent).toMatchObject([
      { MessageBody: '{"z":1}', DelaySeconds: 5, MessageAttributes: { size: { StringValue: '5' } } },
    ]);
  },
  'a message that compose has cut at its colons is whole': async (run) => {
    const { sent, environment } = await startQueues();
    const line = ['watchbot', 'send', '{"at"', '"12', '30"}', '--queue'];
    await run(line, { ...environment, SLS_COMPOSE: '1' }, ONE);
    expect(sent).toMatchObject([{ MessageBody: '{"at":"12:30"}' }]);
  },
  'services of one process do not know each other': async (run) => {
    const { sent, environment } = await startQueues();
    await run(['watchbot', 'send', 'hello'], environment, ['tiles', 'maps']);
    const queues = sent.map(({ QueueUrl }) => QueueUrl.split('/').at(-1));
    expect(queues).toEqual(['tiles-dev-WatchbotQueue', 'maps-dev-WatchbotQueue']);
  },
  'no credentials are told in the words of the plugin': async (run) => {
    const [{ code, output } = { code: '', output: '' }] = await run(['watchbot', 'send', 'x'], NO_KEYS, ONE);
    expect(code).toBe(1);
    expect(output).toMatch(/WATCHBOT_CREDENTIALS at [^\n]+\n +given: [^]*\n +do: +log in again/);
    expect(output).not.toMatch(/^ +at .+:\d+:\d+/m);
  },
  'AWS is called through the proxy that the environment names': async (run) => {
    const { asked, url, server } = await startProxy();
    await run(['watchbot', 'send', 'hello'], { ...KEYS, HTTPS_PROXY: url, AWS_MAX_ATTEMPTS: '1' }, ONE);
    server.close();
    expect(asked).toContain('sqs.us-east-1.amazonaws.com:443');
  },
};

describe.each(COLUMNS)('%s', (_name, run) => {
  it.each(Object.entries(ROWS))('%s', async (_row, holds) => {
    await holds(run);
  });
});
