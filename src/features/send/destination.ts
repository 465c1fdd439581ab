import type { SQSClient } from '@aws-sdk/client-sqs';
import { UserError } from '../../errors/user-error';
import type { WorkerAddress } from '../stack/workers';

/** A worker's queue and topic, as they were found. */
export interface Destination {
  queueUrl: string;
  queueArn: string;
  /** Undefined: there is no topic in front of the queue. */
  topicArn: string | undefined;
  /** After so many receives a message goes to the dead-letter queue; undefined where there is none. */
  maxReceives: number | undefined;
}

/** What finding it asks of AWS. */
export const FIND_ACTIONS = 'sqs:GetQueueUrl and sqs:GetQueueAttributes';

/** @throws {UserError} `WATCHBOT_NOT_DEPLOYED` where the queue is not there */
export async function findDestination(sqs: SQSClient, address: WorkerAddress): Promise<Destination> {
  const { queueName, queueOwnerId, worker, topicName } = address;
  const { GetQueueAttributesCommand, GetQueueUrlCommand } = await import('../../vendor/sqs.mjs');
  try {
    const { QueueUrl = '' } = await sqs.send(
      new GetQueueUrlCommand({ QueueName: queueName, QueueOwnerAWSAccountId: queueOwnerId }),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'RedrivePolicy'] }),
    );
    const queueArn = Attributes?.QueueArn ?? '';
    return {
      queueUrl: QueueUrl,
      queueArn,
      topicArn: topicName === undefined ? undefined : topicOf(queueArn, topicName),
      maxReceives: maxReceivesOf(Attributes?.RedrivePolicy),
    };
  } catch (error) {
    if ((error as Error).name !== 'QueueDoesNotExist') throw error;
    throw UserError.of(
      {
        code: 'WATCHBOT_NOT_DEPLOYED',
        place: `worker ${worker}`,
        given: `no queue ${queueName}`,
        allowed: 'a deployed stage, in the right region and account',
        advice:
          'check --stage, --region and --aws-profile; with --local, whether `sls watchbot local` of this service has started',
      },
      error,
    );
  }
}

function maxReceivesOf(redrivePolicy = '{}'): number | undefined {
  const { maxReceiveCount } = JSON.parse(redrivePolicy) as { maxReceiveCount?: number | string };
  return maxReceiveCount === undefined ? undefined : Number(maxReceiveCount);
}

/** The topic stands in the same partition, region and account as the queue. */
function topicOf(queueArn: string, topicName: string): string {
  const [arn, partition, , region, account] = queueArn.split(':');
  return [arn, partition, 'sns', region, account, topicName].join(':');
}
