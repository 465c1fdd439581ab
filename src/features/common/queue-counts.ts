import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import type { Configuration, Worker } from '../../config/configuration';
import { explainAws } from '../../errors/aws-error';
import { workerAddress } from './addresses';
import { COUNT_ATTRIBUTES, countsIn, type MessageCounts } from './message-counts';

export interface QueueCounts extends MessageCounts {
  worker: string;
  queueName: string;
  /** Messages in the dead-letter queue. */
  dead: number;
}

interface Queues {
  sqs: SQSClient;
  region: string;
}

/** Messages in the queues that the stack made; queues that are not there have none, and are left out. */
export async function queueCounts(queues: Queues, configuration: Configuration): Promise<QueueCounts[]> {
  const made = configuration.workers.filter(({ queue }) => queue.arn === undefined);
  const counts = await Promise.all(made.map((worker) => countsOf(queues, configuration, worker)));
  return counts.filter((each) => each !== undefined);
}

async function countsOf(
  queues: Queues,
  configuration: Configuration,
  worker: Worker,
): Promise<QueueCounts | undefined> {
  const { queueName } = workerAddress(configuration, worker);
  const attributes = await attributesOf(queues, queueName);
  if (attributes === undefined) return undefined;
  const deadLetters =
    worker.queue.deadLetter === true ? deadLetterQueueOf(attributes.RedrivePolicy) : undefined;
  const dead = deadLetters === undefined ? undefined : await attributesOf(queues, deadLetters);
  return { worker: worker.name, queueName, ...countsIn(attributes), dead: total(countsIn(dead)) };
}

const total = ({ visible, inFlight, delayed }: MessageCounts) => visible + inFlight + delayed;

/** An ARN ends with the queue's name. */
function deadLetterQueueOf(redrivePolicy: string | undefined): string | undefined {
  if (redrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn } = JSON.parse(redrivePolicy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn?.split(':').at(-1);
}

/** Undefined where there is no such queue. */
async function attributesOf({ sqs, region }: Queues, QueueName: string) {
  const { GetQueueAttributesCommand, GetQueueUrlCommand } = await import('../../vendor/sqs.mjs');
  const call = { action: 'sqs:GetQueueUrl and sqs:GetQueueAttributes', region };
  return explainAws(call, `queue ${QueueName}`, async () => {
    try {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      const AttributeNames: QueueAttributeName[] = [...COUNT_ATTRIBUTES, 'RedrivePolicy'];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Attributes ?? {};
    } catch (error) {
      if ((error as Error).name !== 'QueueDoesNotExist') throw error;
      return undefined;
    }
  });
}
