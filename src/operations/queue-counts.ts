import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import type { Configuration, Worker } from '../config/configuration';
import { explainAws } from '../errors/aws-error';
import { workerAddress } from './addresses';

export interface QueueCounts {
  worker: string;
  queueName: string;
  visible: number;
  inFlight: number;
  delayed: number;
  /** Messages in the dead-letter queue. */
  dead: number;
}

interface Queues {
  sqs: SQSClient;
  region: string;
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const satisfies readonly QueueAttributeName[];

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
  const [visible, inFlight, delayed] = COUNTS.map((name) => Number(attributes[name])) as [
    number,
    number,
    number,
  ];
  const deadLetters =
    worker.queue.deadLetter === true ? deadLetterQueueOf(attributes.RedrivePolicy) : undefined;
  const dead = deadLetters === undefined ? undefined : await attributesOf(queues, deadLetters);
  return { worker: worker.name, queueName, visible, inFlight, delayed, dead: sum(dead) };
}

const sum = (attributes: Partial<Record<string, string>> = {}) =>
  COUNTS.reduce((total, name) => total + Number(attributes[name] ?? 0), 0);

/** An ARN ends with the queue's name. */
function deadLetterQueueOf(redrivePolicy: string | undefined): string | undefined {
  if (redrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn } = JSON.parse(redrivePolicy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn?.split(':').at(-1);
}

/** Undefined where there is no such queue. */
async function attributesOf({ sqs, region }: Queues, QueueName: string) {
  const { GetQueueAttributesCommand, GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
  const call = { action: 'sqs:GetQueueUrl and sqs:GetQueueAttributes', region };
  return explainAws(call, `queue ${QueueName}`, async () => {
    try {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      const AttributeNames: QueueAttributeName[] = [...COUNTS, 'RedrivePolicy'];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Attributes ?? {};
    } catch (error) {
      if ((error as Error).name !== 'QueueDoesNotExist') throw error;
      return undefined;
    }
  });
}
