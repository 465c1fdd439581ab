import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startMoto, type Moto } from '../helpers/moto';
import { describeWithPython } from '../helpers/python';
import { endWatchers, startWatcher } from '../helpers/watcher';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let moto: Moto;
let sqs: SQSClient;

describeWithPython('a FIFO group of a server that does not wake a poll by a deletion', () => {
  beforeAll(async () => {
    moto = await startMoto();
    sqs = new SQSClient({
      endpoint: moto.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }, 60_000);
  afterEach(() => endWatchers());
  afterAll(async () => {
    sqs.destroy();
    await moto.stop();
  });

  it('is worked on without a pause: each is deleted before the next is asked for', async () => {
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'group.fifo', Attributes }));
    for (const MessageBody of ['1', '2', '3', '4', '5'])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'north' }));
    const before = Date.now();
    const watcher = startWatcher({
      endpoint: moto.endpoint,
      queueUrl: QueueUrl,
      command: 'echo "number $Message"',
      environment: { Fifo: 'true' },
    });

    await watcher.findAll(5, '[success]', 40_000);

    // One poll that waits is 20 s.
    expect(Date.now() - before).toBeLessThan(15_000);
    const numbers = watcher.all.flatMap((line) => /number (\d)/.exec(line)?.[1] ?? []);
    expect(numbers).toEqual(['1', '2', '3', '4', '5']);
  }, 60_000);
});
