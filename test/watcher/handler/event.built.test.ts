import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { createHash } from 'node:crypto';
import {
  createTestQueue,
  startTestEmulator,
  type TestEmulator,
  type TestQueue,
} from '../../helpers/emulator';
import { startHandler } from '../../helpers/handler';
import { HANDLERS } from '../../helpers/runtime-clients';
import { endWatchers } from '../../helpers/watcher';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterEach(endWatchers);
afterAll(() => emulator.stop());

interface Printed {
  event: { Records: Record<string, unknown>[] };
  context: Record<string, unknown>;
  remainingMs: number;
  environment: Record<string, string>;
}

async function printed(queue: TestQueue, environment: Record<string, string> = {}): Promise<Printed> {
  const watcher = startHandler({ emulator, queue, handler: 'print.handler', environment });
  const line = await watcher.find(/\[worker\] .*\{"event"/);
  return JSON.parse(line.slice(line.indexOf('{"event"'))) as Printed;
}

const text = expect.any(String) as unknown;
const digits = expect.stringMatching(/^\d{13}$/) as unknown;
const md5 = (body: string) => createHash('md5').update(body).digest('hex');

describe('the event', () => {
  it('is that of Lambda’s SQS integration', async () => {
    const queue = await createTestQueue(emulator);
    const messageId = await queue.send('{"z":1}', {
      attributes: {
        colour: { DataType: 'String', StringValue: 'blue' },
        size: { DataType: 'Number.int', StringValue: '4' },
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
      },
    });
    const { event } = await printed(queue);
    const lists = { stringListValues: [], binaryListValues: [] };
    expect(event).toEqual({
      Records: [
        {
          messageId,
          receiptHandle: text,
          body: '{"z":1}',
          attributes: expect.objectContaining({
            ApproximateReceiveCount: '1',
            SentTimestamp: digits,
            SenderId: text,
            ApproximateFirstReceiveTimestamp: digits,
          }) as unknown,
          messageAttributes: {
            colour: { stringValue: 'blue', dataType: 'String', ...lists },
            size: { stringValue: '4', dataType: 'Number.int', ...lists },
            bytes: { binaryValue: 'AP8=', dataType: 'Binary', ...lists },
          },
          md5OfMessageAttributes: text,
          md5OfBody: md5('{"z":1}'),
          eventSource: 'aws:sqs',
          eventSourceARN: queue.arn,
          awsRegion: 'us-east-1',
        },
      ],
    });
  });

  it('is the same of a message that the plugin’s own topic brings, and its id is in the log', async () => {
    const queue = await createTestQueue(emulator);
    const { sns } = emulator;
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'own' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }));
    const MessageAttributes = { colour: { DataType: 'String', StringValue: 'blue' } };
    const { MessageId } = await sns.send(
      new PublishCommand({ TopicArn, Message: '{"x":1}', Subject: 'greeting', MessageAttributes }),
    );
    const watcher = startHandler({
      emulator,
      queue,
      handler: 'print.handler',
      environment: { WorkTopic: TopicArn },
    });
    const line = await watcher.find(/\[worker\] .*\{"event"/);
    const { event } = JSON.parse(line.slice(line.indexOf('{"event"'))) as Printed;
    expect(event.Records).toEqual([
      expect.objectContaining({
        body: '{"x":1}',
        md5OfBody: md5('{"x":1}'),
        messageAttributes: {
          colour: { stringValue: 'blue', dataType: 'String', stringListValues: [], binaryListValues: [] },
        },
        attributes: expect.objectContaining({ ApproximateReceiveCount: '1', Subject: 'greeting' }) as unknown,
      }),
    ]);
    await watcher.find(`SNS message ${MessageId}`);
  });

  it('has the group and the number of a message from a FIFO queue', async () => {
    const queue = await createTestQueue(emulator, { fifo: true });
    await queue.send('first', { groupId: 'a' });
    const { event } = await printed(queue, { Fifo: 'true' });
    const [record] = event.Records;
    expect(record).toMatchObject({
      body: 'first',
      attributes: { MessageGroupId: 'a', SequenceNumber: text, MessageDeduplicationId: text },
      messageAttributes: {},
    });
    expect(record).not.toHaveProperty('md5OfMessageAttributes');
  });
});

describe('a handler learns', () => {
  it('what a Lambda function does, from its context and its environment', async () => {
    const queue = await createTestQueue(emulator);
    const messageId = await queue.send('hello');
    const { context, remainingMs, environment } = await printed(queue, { maxJobDuration: '90' });
    expect(context).toEqual({
      functionName: 'tiles-dev-render',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:tiles-dev-render',
      memoryLimitInMB: '512',
      awsRequestId: messageId,
      logGroupName: 'the-log-group',
      logStreamName: text,
      callbackWaitsForEmptyEventLoop: true,
    });
    expect(remainingMs).toBeGreaterThan(60_000);
    expect(remainingMs).toBeLessThanOrEqual(90_000);
    expect(environment).toMatchObject({
      AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown,
      _HANDLER: 'print.handler',
      LAMBDA_TASK_ROOT: HANDLERS,
      AWS_LAMBDA_FUNCTION_NAME: 'tiles-dev-render',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency',
      AWS_LAMBDA_LOG_GROUP_NAME: 'the-log-group',
      AWS_LAMBDA_LOG_STREAM_NAME: text,
      AWS_REGION: 'us-east-1',
      QueueUrl: queue.url,
    });
    // Without a trace there is no variable, as in Lambda.
    expect(environment).not.toHaveProperty('_X_AMZN_TRACE_ID');
  });
});
