import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { UserError } from '../../errors/user-error';
import type { WorkerAddress } from '../stack/workers';
import { findDestination, type Destination } from './destination';
import { attributeValues, messageProblems, wayTo, type OutgoingMessage } from './message';

export type { OutgoingMessage } from './message';

export interface SendClients {
  sqs: SQSClient;
  sns: SNSClient;
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
export async function createSend(clients: SendClients, address: WorkerAddress): Promise<Send> {
  const destination = await findDestination(clients.sqs, address);
  const way = wayTo(address, false);
  return (message) => {
    const [problem] = messageProblems(message, way);
    if (problem !== undefined) throw UserError.of(problem);
    return sendOne(clients, destination, { message, to: way.to });
  };
}

/** Sends one message, which has been checked. */
export async function sendOne(
  { sqs, sns }: SendClients,
  { queueUrl, topicArn }: Pick<Destination, 'queueUrl' | 'topicArn'>,
  { message, to }: { message: OutgoingMessage; to: SentMessage['to'] },
): Promise<SentMessage> {
  const { body, subject, groupId, deduplicationId, delaySeconds } = message;
  const common = {
    MessageGroupId: groupId,
    MessageDeduplicationId: deduplicationId,
    MessageAttributes: attributeValues(message.attributes),
  };
  if (to === 'queue') {
    const { SendMessageCommand } = await import('../../vendor/sqs.mjs');
    const { MessageId = '' } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        DelaySeconds: delaySeconds,
        ...common,
      }),
    );
    return { messageId: MessageId, to };
  }
  const { PublishCommand } = await import('../../vendor/sns.mjs');
  const { MessageId = '' } = await sns.send(
    new PublishCommand({ TopicArn: topicArn, Message: body, Subject: subject, ...common }),
  );
  return { messageId: MessageId, to };
}
