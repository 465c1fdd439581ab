import type { SendClients, SentMessage } from '../send';
import { isTransientCode } from '../transient';
import type { Destination } from './destination';
import { attributeValues, type OutgoingMessage } from './message';

/** Of SQS and of SNS. */
export const MAX_BATCH = 10;

/** A message of a batch that was not taken. */
export interface RefusedEntry {
  index: number;
  code: string;
  reason: string;
  /** No other try will help. */
  isFinal: boolean;
}

/** Sends up to ten messages in one call; gives those that were not taken, and throws where the call itself failed. */
export type SendBatch = (messages: readonly OutgoingMessage[]) => Promise<RefusedEntry[]>;

export function createSendBatch(
  { sqs, sns }: SendClients,
  { queueUrl, topicArn }: Destination,
  to: SentMessage['to'],
): SendBatch {
  if (to === 'queue') {
    return async (messages) => {
      const { SendMessageBatchCommand } = await import('@aws-sdk/client-sqs');
      const Entries = messages.map((message, index) => ({
        ...entryOf(message, index),
        MessageBody: message.body,
        DelaySeconds: message.delaySeconds,
      }));
      const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return refused(Failed);
    };
  }
  return async (messages) => {
    const { PublishBatchCommand } = await import('@aws-sdk/client-sns');
    const PublishBatchRequestEntries = messages.map((message, index) => ({
      ...entryOf(message, index),
      Message: message.body,
      Subject: message.subject,
    }));
    const { Failed } = await sns.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries }),
    );
    return refused(Failed);
  };
}

function entryOf({ groupId, deduplicationId, attributes }: OutgoingMessage, index: number) {
  return {
    Id: String(index),
    MessageGroupId: groupId,
    MessageDeduplicationId: deduplicationId,
    MessageAttributes: attributeValues(attributes),
  };
}

interface Failed {
  Id?: string | undefined;
  Code?: string | undefined;
  Message?: string | undefined;
  SenderFault?: boolean | undefined;
}

function refused(failed: readonly Failed[] = []): RefusedEntry[] {
  return failed.map(({ Id, Code = 'unknown', Message = '', SenderFault = false }) => ({
    index: Number(Id),
    code: Code,
    reason: Message,
    // SQS counts throttling as the sender's fault.
    isFinal: SenderFault && !isTransientCode(Code),
  }));
}
