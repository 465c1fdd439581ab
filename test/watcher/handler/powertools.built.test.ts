import { expect, it } from '@jest/globals';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { createTestQueue } from '../../helpers/emulator';
import { startHandler } from '../../helpers/handler';
import { useTestBed } from '../../helpers/test-bed';

const bed = useTestBed();

it('the batch processor of Powertools names what failed', async () => {
  const { emulator } = bed;
  const queue = await createTestQueue(emulator, { maxReceives: 1 });
  const Entries = ['one', 'fail two', 'three', 'fail four'].map((MessageBody, index) => ({
    Id: String(index),
    MessageBody,
  }));
  const { Successful = [] } = await emulator.sqs.send(
    new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }),
  );
  const environment = { WatchbotBatchSize: '4' };
  const watcher = startHandler({ emulator, queue, handler: 'powertools.handler', environment });
  const ends = await Promise.all(
    Successful.map(({ MessageId = '' }) => watcher.find(new RegExp(`\\[${MessageId}\\] \\[\\w+\\] after`))),
  );
  expect(ends.map((line) => /\] \[(\w+)\] after/.exec(line)?.[1])).toEqual([
    'success',
    'failure',
    'success',
    'failure',
  ]);
});
