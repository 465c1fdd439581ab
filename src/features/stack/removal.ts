import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import type { Configuration, Worker } from '../../config/configuration';
import { explainAws } from '../../errors/aws-error';
import { COUNT_ATTRIBUTES, countsIn, type MessageCounts } from './queues';
import { templateResources, workerAddress } from './workers';

/** What goes and what stays when a stack is removed. */

/** Messages that are deleted with a worker's queues. */
export interface QueueCounts extends MessageCounts {
  worker: string;
  queueName: string;
  /** Messages in the dead-letter queue. */
  dead: number;
}

interface QueueReader {
  sqs: SQSClient;
  region: string;
}

/** Messages in the queues that the stack made. Queues that do not exist are left out. */
export async function queueCounts(reader: QueueReader, configuration: Configuration): Promise<QueueCounts[]> {
  const made = configuration.workers.filter(({ queue }) => queue.arn === undefined);
  const counts = await Promise.all(made.map((worker) => countsOf(reader, configuration, worker)));
  return counts.filter((each) => each !== undefined);
}

async function countsOf(
  reader: QueueReader,
  configuration: Configuration,
  worker: Worker,
): Promise<QueueCounts | undefined> {
  const { queueName } = workerAddress(configuration, worker);
  const attributes = await attributesOf(reader, queueName);
  if (attributes === undefined) return undefined;
  const deadLetters =
    worker.queue.deadLetter === true ? deadLetterQueueOf(attributes.RedrivePolicy) : undefined;
  const dead = deadLetters === undefined ? undefined : await attributesOf(reader, deadLetters);
  return { worker: worker.name, queueName, ...countsIn(attributes), dead: total(countsIn(dead)) };
}

const total = ({ visible, inFlight, delayed }: MessageCounts) => visible + inFlight + delayed;

/** An ARN ends with the queue's name. */
function deadLetterQueueOf(redrivePolicy: string | undefined): string | undefined {
  if (redrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn } = JSON.parse(redrivePolicy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn?.split(':').at(-1);
}

/** Undefined if there is no such queue. */
async function attributesOf({ sqs, region }: QueueReader, QueueName: string) {
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

/** What the stack leaves behind, by kind and name. */
export function retainedNames(configuration: Configuration): string[] {
  return Object.entries(templateResources(configuration))
    .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    .map(([id, { Type, Properties }]) => `${KINDS[Type] ?? Type} ${textIn(Properties?.BucketName) ?? id}`);
}

const KINDS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'Bucket',
  'AWS::KMS::Key': 'The key of the queues,',
};

const textIn = (value: unknown) => (typeof value === 'string' ? value : undefined);
