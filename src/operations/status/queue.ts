import { queueNameIn } from '../deployed-worker';
import { reading, type Reading } from './reading';
import type { StatusPlace } from './place';

export interface QueueState {
  name: string;
  visible: number;
  inFlight: number;
  delayed: number;
}

/** Messages in a queue; SQS calls the numbers approximate. */
export async function queueState(
  { clients, explain }: StatusPlace,
  queueUrl: string,
): Promise<Reading<QueueState>> {
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const sqs = await clients.sqs();
  const name = queueNameIn(queueUrl);
  return reading(explain, { action: 'sqs:GetQueueAttributes', place: `queue ${name}` }, async () => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return {
      name,
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  });
}
