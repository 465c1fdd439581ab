import { isFinal, type FailedEntry } from '../stack/calls';
import type { SendClients, SentMessage } from './send';
import type { Destination } from './destination';
import { attributeValues, type OutgoingMessage } from './message';

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
      const { SendMessageBatchCommand } = await import('../../vendor/sqs.mjs');
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
    const { PublishBatchCommand } = await import('../../vendor/sns.mjs');
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

function refused(failed: readonly FailedEntry[] = []): RefusedEntry[] {
  return failed.map((entry) => ({
    index: Number(entry.Id),
    code: entry.Code ?? 'unknown',
    reason: entry.Message ?? '',
    isFinal: isFinal(entry),
  }));
}
