import { queueNameIn, COUNT_ATTRIBUTES, countsIn, type MessageCounts } from '../stack/queues';
import { reading, type Reading } from './reading';
import type { Target } from '../stack/target';

export interface QueueState extends MessageCounts {
  name: string;
}

/** Messages in a queue. */
export async function queueState(
  { clients, explain }: Target,
  queueUrl: string,
): Promise<Reading<QueueState>> {
  const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
  const sqs = await clients.sqs();
  const name = queueNameIn(queueUrl);
  return reading(explain, { action: 'sqs:GetQueueAttributes', place: `queue ${name}` }, async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...COUNT_ATTRIBUTES] }),
    );
    return { name, ...countsIn(Attributes) };
  });
}
