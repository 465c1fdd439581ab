import type { SQSClient } from '@aws-sdk/client-sqs';

/** Longer than any run: each dead letter is seen once, and stays where it is. */
const SEEN_SECONDS = 43_200;

/** Reports the messages of a dead-letter queue as they come, until the signal. */
export async function followDeadLetters(
  sqs: SQSClient,
  queueUrl: string,
  { onMessage, signal }: { onMessage: (messageId: string) => void; signal: AbortSignal },
): Promise<void> {
  const { ReceiveMessageCommand } = await import('../../vendor/sqs.mjs');
  const poll = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 20,
    VisibilityTimeout: SEEN_SECONDS,
  });
  while (!signal.aborted) {
    const { Messages = [] } = await sqs.send(poll, { abortSignal: signal }).catch((error: unknown) => {
      if (signal.aborted) return { Messages: [] };
      throw error;
    });
    Messages.forEach(({ MessageId = '' }) => {
      onMessage(MessageId);
    });
  }
}
