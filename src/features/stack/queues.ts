import type { QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';

/** How many messages a queue has. SQS calls the numbers approximate. */
export interface MessageCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** What `GetQueueAttributes` must be asked for. */
export const COUNT_ATTRIBUTES: readonly QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

export function countsIn(attributes: Partial<Record<string, string>> = {}): MessageCounts {
  return {
    visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** All messages of a queue, whoever holds them. */
export const totalOf = ({ visible, inFlight, delayed }: MessageCounts): number =>
  visible + inFlight + delayed;

/** Asks SQS. */
export async function readCounts(sqs: SQSClient, QueueUrl: string): Promise<MessageCounts> {
  const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNT_ATTRIBUTES] }),
  );
  return countsIn(Attributes);
}

/** Asks SQS, and for how many seconds the queue keeps a message, too; null if SQS does not say. */
export async function readCountsAndRetention(
  sqs: SQSClient,
  QueueUrl: string,
): Promise<MessageCounts & { retentionSeconds: number | null }> {
  const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
  const AttributeNames: QueueAttributeName[] = [...COUNT_ATTRIBUTES, 'MessageRetentionPeriod'];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  const retention = Attributes?.MessageRetentionPeriod;
  return { ...countsIn(Attributes), retentionSeconds: retention === undefined ? null : Number(retention) };
}

/** A queue's URL ends with its name. */
export const queueNameIn = (queueUrl: string): string => queueUrl.split('/').at(-1) ?? queueUrl;
