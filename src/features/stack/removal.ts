import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import type { Configuration, Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { explainAws } from '../../errors/aws-error';
import { isRetained, type StackResource } from './losses';
import { COUNT_ATTRIBUTES, countsIn, queueNameIn, totalOf, type MessageCounts } from './queues';
import { physicalIds, type StackRef } from './stack';
import { workerAddress } from './workers';

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
  stack: StackRef;
}

/**
 * Messages in the queues that the stack made, and that go with it. Queues that do not exist are left out.
 * @param resources those of the template that is deployed
 */
export async function queueCounts(
  reader: QueueReader,
  configuration: Configuration,
  resources: Resources,
): Promise<QueueCounts[]> {
  const goes = (worker: string) => !isRetained(resources[logicalId(worker, 'queue')]?.DeletionPolicy);
  const made = configuration.workers.filter(({ name, queue }) => queue.arn === undefined && goes(name));
  const counts = await Promise.all(made.map((worker) => countsOf(reader, configuration, worker)));
  return counts.filter((each) => each !== undefined);
}

async function countsOf(
  reader: QueueReader,
  configuration: Configuration,
  worker: Worker,
): Promise<QueueCounts | undefined> {
  const queueName = await nameOf(reader, configuration, worker);
  const attributes = await attributesOf(reader, queueName);
  if (attributes === undefined) return undefined;
  const deadLetters =
    worker.queue.deadLetter === true ? deadLetterQueueOf(attributes.RedrivePolicy) : undefined;
  const dead = deadLetters === undefined ? undefined : await attributesOf(reader, deadLetters);
  return { worker: worker.name, queueName, ...countsIn(attributes), dead: totalOf(countsIn(dead)) };
}

/** A name that a function of CloudFormation gives is the stack's to tell: the id of a queue there is its URL. */
async function nameOf({ stack }: QueueReader, configuration: Configuration, worker: Worker): Promise<string> {
  const { queueName, isNamedByStack } = workerAddress(configuration, worker);
  if (!isNamedByStack) return queueName;
  const id = logicalId(worker.name, 'queue');
  const url = (await physicalIds(stack, [id])).get(id);
  return url === undefined ? queueName : queueNameIn(url);
}

/** An ARN ends with the queue's name. */
function deadLetterQueueOf(redrivePolicy: string | undefined): string | undefined {
  if (redrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn } = JSON.parse(redrivePolicy) as { deadLetterTargetArn?: string };
  return deadLetterTargetArn?.split(':').at(-1);
}

/** Undefined if there is no such queue. */
async function attributesOf({ sqs, stack: { region } }: QueueReader, QueueName: string) {
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

/** What the stack leaves behind, by kind and name: that of the template that is deployed, if it may be read. */
export function retainedNames(resources: Resources): string[] {
  return Object.entries(resources)
    .filter(([, { DeletionPolicy }]) => isRetained(DeletionPolicy))
    .map(([id, { Type = '', Properties }]) => {
      const { kind, name } = KINDS[Type] ?? { kind: Type };
      return `${kind} ${textIn(Properties?.[name ?? '']) ?? id}`;
    });
}

type Resources = Readonly<Record<string, StackResource>>;

const KINDS: Readonly<Record<string, { kind: string; name?: string }>> = {
  'AWS::S3::Bucket': { kind: 'Bucket', name: 'BucketName' },
  'AWS::KMS::Key': { kind: 'The key of the queues,' },
  'AWS::SQS::Queue': { kind: 'Queue', name: 'QueueName' },
  'AWS::DynamoDB::Table': { kind: 'Table', name: 'TableName' },
  'AWS::Logs::LogGroup': { kind: 'Log group', name: 'LogGroupName' },
};

const textIn = (value: unknown) => (typeof value === 'string' ? value : undefined);
