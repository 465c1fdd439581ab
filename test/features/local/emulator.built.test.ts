import {
  CreateTopicCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type MessageSystemAttributeName,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { createDeferred } from '../../helpers/deferred';
import { createTestQueue, startTestEmulator, type TestEmulator } from '../../helpers/emulator';
import { createTestFolder } from '../../helpers/folder';
import { endFrameworks, endsWithTest } from '../../helpers/framework';
import { startTestServer } from '../../helpers/http-server';
import { descendantsOf, whenEnded } from '../../helpers/processes';
import { describeWithPython, runPython } from '../../helpers/python';

let emulator: TestEmulator;

beforeAll(async () => {
  emulator = await startTestEmulator();
});

afterAll(() => emulator.stop());

const port = () => Number(new URL(emulator.endpoint).port);

describe('the emulator', () => {
  it('answers the AWS SDK', async () => {
    const queue = await createTestQueue(emulator);
    await queue.send('hello');
    const { Messages = [] } = await emulator.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
    expect(Messages.map(({ Body }) => Body)).toEqual(['hello']);
    const { TopicArn } = await emulator.sns.send(new CreateTopicCommand({ Name: 'guarded' }));
    await expect(emulator.sns.send(new PublishCommand({ TopicArn, Message: 'm' }))).resolves.toBeDefined();
  });

  it.each([
    ['a single message', false],
    ['a batch', true],
  ])(
    'keeps what SQS keeps, in %s: emoji, the group of a standard queue, the trace of X-Ray',
    async (_name, isBatch) => {
      const { url: QueueUrl } = await createTestQueue(emulator);
      const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793';
      const message = {
        MessageBody: 'good 😀 𝒜',
        MessageGroupId: 'north',
        MessageAttributes: { mood: { DataType: 'String', StringValue: '😀' } },
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: trace } },
      };
      const answer = isBatch
        ? await emulator.sqs.send(
            new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ...message }] }),
          )
        : await emulator.sqs.send(new SendMessageCommand({ QueueUrl, ...message }));
      expect(JSON.stringify(answer)).toMatch(/"MD5OfMessageSystemAttributes":"[0-9a-f]{32}"/);
      const receive = (names: MessageSystemAttributeName[]) =>
        emulator.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, MessageSystemAttributeNames: names }),
        );
      const { Messages = [] } = await receive(['All']);
      expect(Messages).toMatchObject([
        { Body: 'good 😀 𝒜', Attributes: { MessageGroupId: 'north', AWSTraceHeader: trace } },
      ]);
      const { Messages: [one] = [] } = await receive(['AWSTraceHeader']);
      expect(one?.Attributes).toEqual({ AWSTraceHeader: trace });
      const { Messages: [other] = [] } = await receive(['SenderId']);
      expect(Object.keys(other?.Attributes ?? {})).toEqual(['SenderId']);
    },
  );

  it.each([
    ['a single message', false],
    ['a batch', true],
  ])('hands the group of a standard topic on to its queue, in %s', async (_name, isBatch) => {
    const { url: QueueUrl, arn: Endpoint } = await createTestQueue(emulator);
    const { TopicArn } = await emulator.sns.send(new CreateTopicCommand({ Name: `groups-${isBatch}` }));
    await emulator.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    const message = { Message: 'm', MessageGroupId: 'north' };
    await (isBatch
      ? emulator.sns.send(
          new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [{ Id: 'a', ...message }] }),
        )
      : emulator.sns.send(new PublishCommand({ TopicArn, ...message })));
    const { Messages = [] } = await emulator.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 5,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    expect(Messages).toMatchObject([{ Attributes: { MessageGroupId: 'north' } }]);
  });

  it.each([
    ['half an emoji', '\ud83d'],
    ['a control character', '\u0007'],
    ['no character', '\uffff'],
  ])('refuses what SQS refuses: %s', async (_name, MessageBody) => {
    const { url: QueueUrl } = await createTestQueue(emulator);
    const sent = emulator.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `a${MessageBody}b` }));
    await expect(sent).rejects.toThrow('Invalid characters');
  });

  it('gives the SDK the reason for a refusal, from SQS and from SNS', async () => {
    const asPage = (client: { middlewareStack: { add: TestEmulator['sqs']['middlewareStack']['add'] } }) =>
      void client.middlewareStack.add(
        (next) => (args) => {
          (args.request as { headers: Record<string, string> }).headers.origin = 'https://evil.example';
          return next(args);
        },
        { step: 'finalizeRequest', name: 'asPage' },
      );
    const other = await startTestEmulator();
    try {
      asPage(other.sqs);
      asPage(other.sns);
      await expect(other.sqs.send(new GetQueueUrlCommand({ QueueName: 'q' }))).rejects.toThrow(
        'web pages have no access',
      );
      await expect(other.sns.send(new CreateTopicCommand({ Name: 't' }))).rejects.toThrow(
        'web pages have no access',
      );
    } finally {
      await other.stop();
    }
  });

  it.each([
    [
      'a form',
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'Action=ListTopics',
      },
    ],
    ['its own inspection of queues', { path: '/_fauxqs/queues' }],
    ['a bucket’s list', { path: '/bucket' }],
  ])('accepts no unsigned request: %s', async (_name, given: { path?: string; method?: string }) => {
    const { path = '/', ...request } = given;
    await expect(fetch(`${emulator.endpoint}${path}`, request)).resolves.toMatchObject({ status: 403 });
  });

  it('refuses before its own routes rewrite a host into a bucket', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.end(
      'GET / HTTP/1.1\r\nHost: rebound.example:9424\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a, Signature=b\r\n\r\n',
    );
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 403 .*the host is to be localhost/s);
  });
});

describeWithPython('the emulator', () => {
  it('answers botocore, which the AWS CLI is made of, and its presigned URLs', async () => {
    await expect(runPython('emulator_calls.py', { endpoint: emulator.endpoint })).resolves.toEqual({
      message: 'hello',
      object: 'object',
    });
  });
});

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
/** Headless, as root, and without calls of its own. */
const CHROMIUM_OPTIONS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const inChromium = CHROMIUM === undefined ? it.skip : it;

/** What a page may try. It tells its own site the result of each attempt. */
const page = (endpoint: string) => `<!doctype html>
<iframe name="f"></iframe>
<form id="form" target="f" method="post" action="${endpoint}/"><input name="Action" value="CreateTopic"><input name="Name" value="by-form"></form>
<img src="${endpoint}/bucket?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=x">
<script>
const body = (name) => new URLSearchParams({ Action: 'CreateTopic', Name: name });
const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=b' };
const tried = async (way) => way().then((answer) => answer.type + ' ' + answer.status, () => 'failed');
(async () => {
  document.getElementById('form').submit();
  navigator.sendBeacon('${endpoint}/', body('by-beacon'));
  const said = [
    await tried(() => fetch('${endpoint}/', { method: 'POST', mode: 'no-cors', body: body('by-no-cors') })),
    await tried(() => fetch('${endpoint}/', { method: 'POST', mode: 'no-cors', body: body('by-stripped'), headers: signed })),
    await tried(() => fetch('${endpoint}/', { method: 'POST', body: body('by-cors'), headers: signed })),
    await new Promise((done) => { const s = new WebSocket('${endpoint.replace('http', 'ws')}/'); s.onopen = () => done('open'); s.onerror = () => done('failed'); }),
  ];
  await fetch('/said', { method: 'POST', body: said.join(', ') });
})();
</script>`;

describe(`a page in Chromium${CHROMIUM === undefined ? ' (skipped: there is no chromium)' : ''}`, () => {
  inChromium('gets nothing in, and nothing out', async () => {
    const folder = createTestFolder();
    const said = createDeferred<string>();
    const site = await startTestServer(({ path, body }, response) => {
      if (path === '/said') said.resolve(body);
      response.writeHead(200, { 'content-type': 'text/html' }).end(page(emulator.endpoint));
    });
    const browser = spawn(CHROMIUM!, [...CHROMIUM_OPTIONS, `--user-data-dir=${folder.path}`, site.url], {
      stdio: 'ignore',
    });
    endsWithTest(browser);
    try {
      // What is opaque cannot be read.
      expect(await said.promise).toMatch(/^(opaque 0|failed), (opaque 0|failed), failed, failed$/);
      const { Topics = [] } = await emulator.sns.send(new ListTopicsCommand({}));
      expect(Topics.filter(({ TopicArn = '' }) => TopicArn.includes(':by-'))).toEqual([]);
    } finally {
      const processes = descendantsOf(browser.pid!);
      await endFrameworks();
      // Until then they may write to their folder.
      await Promise.all(processes.map((pid) => whenEnded(pid)));
      await site.stop();
      folder.remove();
    }
  });
});
