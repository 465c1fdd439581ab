import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { systemClock } from '../../../src/shared/clock';
import { createSqsClient } from '../../../src/watcher/queue/sqs-client';
import { COMMAND_ATTRIBUTES, createSqsQueue, HANDLER_ATTRIBUTES } from '../../../src/watcher/queue/sqs-queue';
import { type Answer, json, startTestServer, type TestServer } from '../../helpers/http-server';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let server: TestServer;
const clients: { destroy(): void }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await server.stop();
});

const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/jobs';

async function start(answer: Answer, systemAttributes = COMMAND_ATTRIBUTES, longestPollSeconds = 115) {
  server = await startTestServer(answer);
  const client = createSqsClient({
    clock: systemClock,
    timeOfDay: systemClock,
    config: {
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
  });
  clients.push(client);
  const settings = { queueUrl, visibilityTimeoutSeconds: 180, longestPollSeconds, systemAttributes };
  return createSqsQueue(client, settings);
}

const asked = () =>
  server.requests.map(({ headers, body }) => ({
    action: headers['x-amz-target'],
    body: JSON.parse(body) as unknown,
  }));
const longPoll = { waitMs: Infinity, signal: new AbortController().signal };

describe('receiving', () => {
  it('asks with a long poll, for the visibility timeout and all attributes, at the place of the client', async () => {
    const queue = await start(json({}));
    expect(await queue.receive(7, longPoll)).toEqual([]);
    expect(asked()).toEqual([
      {
        action: 'AmazonSQS.ReceiveMessage',
        body: {
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 7,
          WaitTimeSeconds: 20,
          VisibilityTimeout: 180,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: [
            'SentTimestamp',
            'ApproximateFirstReceiveTimestamp',
            'ApproximateReceiveCount',
            'MessageGroupId',
            'AWSTraceHeader',
          ],
        },
      },
    ]);
  });

  it('takes what is there, and has attributes as SNS writes them', async () => {
    const bytes = Buffer.from([0, 255]).toString('base64');
    const queue = await start(
      json({
        Messages: [
          {
            MessageId: 'm1',
            ReceiptHandle: 'h1',
            Body: 'hello',
            MD5OfMessageAttributes: 'sum',
            MD5OfBody: createHash('md5').update('hello').digest('hex'),
            Attributes: { ApproximateReceiveCount: '2' },
            MessageAttributes: {
              colour: { DataType: 'String', StringValue: 'blue' },
              size: { DataType: 'Number.int', StringValue: '4' },
              bytes: { DataType: 'Binary', BinaryValue: bytes },
              empty: { DataType: 'Binary' },
            },
          },
        ],
      }),
    );
    expect(await queue.receive(10, longPoll)).toEqual([
      {
        messageId: 'm1',
        receiptHandle: 'h1',
        body: 'hello',
        systemAttributes: { ApproximateReceiveCount: '2' },
        attributes: {
          colour: { Type: 'String', Value: 'blue' },
          size: { Type: 'Number.int', Value: '4' },
          bytes: { Type: 'Binary', Value: bytes },
          empty: { Type: 'Binary', Value: '' },
        },
        md5: { body: createHash('md5').update('hello').digest('hex'), attributes: 'sum' },
      },
    ]);
  });

  it.each([
    { waitMs: 0, seconds: 0 },
    { waitMs: 1, seconds: 1 },
    { waitMs: 4_200, seconds: 5 },
    { waitMs: 20_001, seconds: 20 },
  ])('waits for $seconds s where $waitMs ms are left', async ({ waitMs, seconds }) => {
    const queue = await start(json({}));
    await queue.receive(1, { ...longPoll, waitMs });
    expect(asked()).toMatchObject([{ body: { WaitTimeSeconds: seconds } }]);
  });

  it.each([Infinity, 300_000, 5_001])('waits no longer than it may, where %d ms are left', async (waitMs) => {
    const queue = await start(json({}), COMMAND_ATTRIBUTES, 5);
    await queue.receive(1, { ...longPoll, waitMs });
    expect(asked()).toMatchObject([{ body: { WaitTimeSeconds: 5 } }]);
  });

  it('asks for all that SQS knows, for a handler', async () => {
    const queue = await start(json({}), HANDLER_ATTRIBUTES);
    await queue.receive(1, longPoll);
    expect(asked()).toMatchObject([{ body: { MessageSystemAttributeNames: ['All'] } }]);
  });

  it('is given up at once when that is asked for', async () => {
    const abort = new AbortController();
    const queue = await start(() => {
      abort.abort();
    });
    await expect(queue.receive(1, { ...longPoll, signal: abort.signal })).rejects.toThrow('aborted');
  });

  it('rejects where SQS refuses', async () => {
    const queue = await start(json({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'gone' }, 400));
    await expect(queue.receive(1, longPoll)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

describe('settling', () => {
  const handles = ['h0', 'h1', 'h2'];
  const failures = {
    Successful: [{ Id: '1' }],
    Failed: [
      { Id: '2', SenderFault: true, Code: 'ReceiptHandleIsInvalid', Message: 'too old' },
      { Id: '1', SenderFault: true, Code: 'KmsThrottled' },
      { Id: '0', SenderFault: false, Code: 'InternalError' },
    ],
  };
  const failed = [
    { receiptHandle: 'h2', isFinal: true, reason: 'ReceiptHandleIsInvalid: too old' },
    { receiptHandle: 'h1', isFinal: false, reason: 'KmsThrottled' },
    { receiptHandle: 'h0', isFinal: false, reason: 'InternalError' },
  ];

  it('deletes in a batch, and says which it did not', async () => {
    const queue = await start(json(failures));
    expect(await queue.deleteBatch(handles)).toEqual(failed);
    expect(asked()).toEqual([
      {
        action: 'AmazonSQS.DeleteMessageBatch',
        body: { QueueUrl: queueUrl, Entries: handles.map((h, i) => ({ Id: String(i), ReceiptHandle: h })) },
      },
    ]);
  });

  it('changes the visibility in a batch, and says of which it did not', async () => {
    const queue = await start(json(failures));
    const changes = handles.map((receiptHandle, index) => ({ receiptHandle, timeoutSeconds: index * 10 }));
    expect(await queue.changeVisibilityBatch(changes)).toEqual(failed);
    expect(asked()).toEqual([
      {
        action: 'AmazonSQS.ChangeMessageVisibilityBatch',
        body: {
          QueueUrl: queueUrl,
          Entries: handles.map((h, i) => ({ Id: String(i), ReceiptHandle: h, VisibilityTimeout: i * 10 })),
        },
      },
    ]);
  });

  it.each([{ Successful: [] }, { Successful: [], Failed: [] }])('fails for none with %j', async (answer) => {
    const queue = await start(json(answer));
    expect(await queue.deleteBatch(handles)).toEqual([]);
    expect(await queue.changeVisibilityBatch([])).toEqual([]);
  });
});
