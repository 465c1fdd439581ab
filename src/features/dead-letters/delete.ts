import { inCalls } from '../../shared/batches';
import { sendBatch, type Refusal } from '../stack/calls';
import type { HeldLetters } from './held';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';

/** Deletes what is held. Gives what could not be. */
export async function deleteLetters(
  { sqs, url, name, explain }: DeadLetterQueue,
  held: HeldLetters,
  letters: readonly Letter[],
): Promise<Refusal<Letter>[]> {
  const { DeleteMessageBatchCommand } = await import('../../vendor/sqs.mjs');
  const failures: Refusal<Letter>[] = [];
  for (const part of inCalls(letters)) {
    const refused = await explain({ action: 'sqs:DeleteMessage', place: `queue ${name}` }, () =>
      sendBatch(part, (entries) =>
        sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl: url,
            Entries: entries.map(([Id, letter]) => ({ Id, ReceiptHandle: held.receiptOf(letter) })),
          }),
        ),
      ),
    );
    failures.push(...refused);
    const left = new Set(refused.map(({ item }) => item));
    held.forget(part.filter((letter) => !left.has(letter)));
  }
  return failures;
}
