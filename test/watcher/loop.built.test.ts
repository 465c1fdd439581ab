import { describe, expect, it } from '@jest/globals';
import { startTestEmulator } from '../helpers/emulator';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';

const bed = useTestBed();

describe('the environment of the container', () => {
  it('is refused as a whole where it is not that of a watcher', async () => {
    const environment = { WatchbotConcurrency: 'many', structuredLogging: 'yes' };
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
      queueUrl: '',
      command: 'true',
      environment,
    });

    expect(await watcher.ended).toBe(1);
    expect(watcher.all).toEqual([
      'watchbot: the environment of this container is not that of a watcher: QueueUrl is missing; ' +
        'structuredLogging is "yes", not true or false; WatchbotConcurrency is "many", not a whole number of at least 1',
    ]);
  });
});

describe('SQS out of reach', () => {
  it('is waited for, with one line when it goes and one when it is back', async () => {
    const first = await startTestEmulator();
    const port = Number(new URL(first.endpoint).port);
    await first.stop();
    const queueUrl = `${first.endpoint}/000000000000/late-queue`;
    const watcher = startWatcher({ endpoint: first.endpoint, queueUrl, command: 'true' });
    await watcher.find('cannot receive: Error: connect ECONNREFUSED');

    const second = await startTestEmulator(port);
    const { CreateQueueCommand, SendMessageCommand } = await import('@aws-sdk/client-sqs');
    await second.sqs.send(new CreateQueueCommand({ QueueName: 'late-queue' }));
    await second.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'hello' }));
    await watcher.find('[success]');

    // A poll may come before the queue is there: that is another line.
    expect(watcher.count(/ECONNREFUSED/)).toBe(1);
    expect(watcher.count(/SQS answers again/)).toBe(1);
    await watcher.stop();
    await second.stop();
  });
});
