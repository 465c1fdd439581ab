import { UserError } from '../../errors/user-error';
import type { DeadLetterQueue } from './queue';

/** Deletes all messages. SQS takes up to a minute for it, and takes no second purge in that time. */
export async function purge({ sqs, url, name, explain }: DeadLetterQueue): Promise<void> {
  const { PurgeQueueCommand } = await import('../../vendor/sqs.mjs');
  await explain({ action: 'sqs:PurgeQueue', place: `queue ${name}` }, async () => {
    try {
      await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    } catch (error) {
      if ((error as Error).name !== 'PurgeQueueInProgress') throw error;
      throw UserError.of(
        {
          code: 'WATCHBOT_DEAD_LETTERS',
          place: `queue ${name}`,
          given: 'a purge that began less than 60 seconds ago',
          allowed: 'one purge a minute: SQS takes no more',
          advice: 'wait a minute; what has come since the first one is still there',
        },
        error,
      );
    }
  });
}
