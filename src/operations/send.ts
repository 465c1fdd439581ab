import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { UserError } from '../errors/user-error';
import type { WorkerAddress } from './addresses';

export interface SendClients {
  sqs: SQSClient;
  sns: SNSClient;
}

export interface OutgoingMessage {
  body: string;
  subject?: string | undefined;
  /** Message group: a FIFO queue needs one. */
  groupId?: string | undefined;
  /** FIFO: two messages with the same one within five minutes are one. Default: a hash of the body. */
  deduplicationId?: string | undefined;
}

export interface SentMessage {
  /** The topic's id of the message where there is a topic, else the queue's. */
  messageId: string;
  to: 'topic' | 'queue';
}

/** Sends to the worker's topic, or to its queue where it has no topic. */
export type Send = (message: OutgoingMessage) => Promise<SentMessage>;

/**
 * Looks the worker's queue up once, and gives what sends to it.
 * @throws {UserError} `WATCHBOT_NOT_DEPLOYED` where the queue is not there.
 */
export async function createSend({ sqs, sns }: SendClients, address: WorkerAddress): Promise<Send> {
  const { queueUrl, queueArn } = await findQueue(sqs, address);
  const { topicName, isFifo } = address;
  return async (message) => {
    checkMessage(message, address);
    const fifo = isFifo
      ? { MessageGroupId: message.groupId, MessageDeduplicationId: message.deduplicationId }
      : { MessageGroupId: message.groupId };
    if (topicName === undefined) {
      const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
      const { MessageId = '' } = await sqs.send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message.body, ...fifo }),
      );
      return { messageId: MessageId, to: 'queue' };
    }
    const { PublishCommand } = await import('@aws-sdk/client-sns');
    const TopicArn = topicArnBeside(queueArn, topicName);
    const { MessageId = '' } = await sns.send(
      new PublishCommand({ TopicArn, Message: message.body, Subject: message.subject, ...fifo }),
    );
    return { messageId: MessageId, to: 'topic' };
  };
}

async function findQueue(sqs: SQSClient, { queueName, queueOwnerId, worker }: WorkerAddress) {
  const { GetQueueAttributesCommand, GetQueueUrlCommand } = await import('@aws-sdk/client-sqs');
  try {
    const { QueueUrl } = await sqs.send(
      new GetQueueUrlCommand({ QueueName: queueName, QueueOwnerAWSAccountId: queueOwnerId }),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return { queueUrl: QueueUrl, queueArn: Attributes?.QueueArn ?? '' };
  } catch (error) {
    if ((error as Error).name !== 'QueueDoesNotExist') throw error;
    throw UserError.of(
      {
        code: 'WATCHBOT_NOT_DEPLOYED',
        place: `worker ${worker}`,
        given: `no queue ${queueName}`,
        allowed: 'a deployed stage, in the right region and account',
        advice:
          'check --stage, --region and --aws-profile; `sls watchbot local` makes the queue on this machine',
      },
      error,
    );
  }
}

/** The topic stands in the same partition, region and account as the queue. */
function topicArnBeside(queueArn: string, topicName: string): string {
  const [arn, partition, , region, account] = queueArn.split(':');
  return [arn, partition, 'sns', region, account, topicName].join(':');
}

function checkMessage(
  { body, groupId, subject }: OutgoingMessage,
  { isFifo, topicName }: WorkerAddress,
): void {
  if (body === '') throw refused('message', 'an empty message', 'at least one character');
  if (isFifo && groupId === undefined)
    throw refused('--group', 'none', 'a message group, since the queue is FIFO');
  if (subject !== undefined && topicName === undefined) {
    throw refused('--subject', subject, 'no subject: messages go straight to the queue, which has none');
  }
}

function refused(place: string, given: string, allowed: string): UserError {
  return UserError.of({ code: 'WATCHBOT_SEND', place, given, allowed });
}
