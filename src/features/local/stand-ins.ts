import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';

/**
 * Queues and topics that exist in AWS, and that a template only names: in the emulator an empty one is made under the
 * same name, unless there is one.
 */
export interface StandIns {
  /** URL and ARN in the emulator. */
  queue(name: string): Promise<{ url: string; arn: string }>;
  /** ARN in the emulator. */
  topic(arn: string): Promise<string>;
}

export function createStandIns({ sqs, sns }: { sqs: SQSClient; sns: SNSClient }): StandIns {
  return {
    queue: async (name) => {
      const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
      const url = (await urlOf(sqs, name)) ?? (await makeQueue(sqs, name));
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
      );
      return { url, arn: Attributes?.QueueArn ?? '' };
    },
    topic: async (arn) => {
      const { CreateTopicCommand } = await import('../../vendor/sns.mjs');
      const name = nameOfArn(arn);
      const { TopicArn = '' } = await sns.send(
        new CreateTopicCommand({ Name: name, Attributes: isFifo(name) ? { FifoTopic: 'true' } : {} }),
      );
      return TopicArn;
    },
  };
}

async function urlOf(sqs: SQSClient, QueueName: string): Promise<string | undefined> {
  const { GetQueueUrlCommand, QueueDoesNotExist } = await import('../../vendor/sqs.mjs');
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function makeQueue(sqs: SQSClient, QueueName: string): Promise<string> {
  const { CreateQueueCommand } = await import('../../vendor/sqs.mjs');
  const Attributes = isFifo(QueueName) ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {};
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
}

/** The last part of a queue's or topic's ARN. */
export function nameOfArn(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}

function isFifo(name: string): boolean {
  return name.endsWith('.fifo');
}
