import type { SQSClient } from '@aws-sdk/client-sqs';
import { UserError } from '../../errors/user-error';
import type { Clock } from '../../shared/clock';
import { queueNameIn, readCounts } from '../stack/queues';
import type { Explain, Target } from '../stack/target';
import type { DeployedWorker } from '../stack/workers';

/** A dead-letter queue, and the work queue of its worker. */
export interface DeadLetterQueue {
  sqs: SQSClient;
  url: string;
  arn: string;
  name: string;
  isFifo: boolean;
  /** Seconds for which it keeps messages; undefined if SQS does not say. */
  retentionSeconds: number | undefined;
  work: { url: string; arn: string; name: string };
  explain: Explain;
  clock: Clock;
}

/** @throws {UserError} `WATCHBOT_NO_DEAD_LETTERS` if the worker has no dead-letter queue */
export async function openDeadLetters(
  { clients, explain }: Target,
  { worker, queueUrl, deadLetterQueueUrl }: DeployedWorker,
  clock: Clock,
): Promise<DeadLetterQueue> {
  if (deadLetterQueueUrl === undefined) {
    throw UserError.of({
      code: 'WATCHBOT_NO_DEAD_LETTERS',
      place: `worker ${worker}`,
      given: 'no dead-letter queue',
      allowed: 'a worker with one',
      advice: 'see `queue.deadLetter` in serverless.yml',
    });
  }
  const sqs = await clients.sqs();
  const name = queueNameIn(deadLetterQueueUrl);
  const [dead, work] = await Promise.all(
    [deadLetterQueueUrl, queueUrl].map((url) => attributesOf({ sqs, explain }, url)),
  );
  return {
    sqs,
    url: deadLetterQueueUrl,
    arn: dead!.arn,
    retentionSeconds: dead!.retentionSeconds,
    name,
    isFifo: name.endsWith('.fifo'),
    work: { url: queueUrl, arn: work!.arn, name: queueNameIn(queueUrl) },
    explain,
    clock,
  };
}

async function attributesOf({ sqs, explain }: Pick<DeadLetterQueue, 'sqs' | 'explain'>, url: string) {
  const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
  const call = { action: 'sqs:GetQueueAttributes', place: `queue ${queueNameIn(url)}` };
  const { Attributes } = await explain(call, () =>
    sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['QueueArn', 'MessageRetentionPeriod'],
      }),
    ),
  );
  const { QueueArn: arn = '', MessageRetentionPeriod: retention } = Attributes ?? {};
  return { arn, retentionSeconds: retention === undefined ? undefined : Number(retention) };
}

/** Messages in the dead-letter queue, whoever holds them. SQS calls the number approximate. */
export async function countLetters({ sqs, url, name, explain }: DeadLetterQueue) {
  const call = { action: 'sqs:GetQueueAttributes', place: `queue ${name}` };
  const { visible, inFlight: held } = await explain(call, () => readCounts(sqs, url));
  return { visible, held, total: visible + held };
}

/** Deletes all messages. SQS takes up to a minute for it, and no second purge in that time. */
export async function purgeQueue({ sqs, url, name, explain }: DeadLetterQueue): Promise<void> {
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
