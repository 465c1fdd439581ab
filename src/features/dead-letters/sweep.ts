import { MAX_BATCH } from '../../shared/batches';
import { HELD_SECONDS, type HeldLetters } from './held';
import { readLetter, type Letter } from './letter';
import type { DeadLetterQueue } from './queue';

/** A long poll asks all of SQS's servers: what it does not find is not there, or held by somebody. */
const WAIT_SECONDS = 1;

export interface Sweep {
  held: HeldLetters;
  signal: AbortSignal;
  /** So many receive at the same time. */
  readers: number;
  /** Given what was not seen before; answers whether to go on. */
  onLetters: (letters: readonly Letter[]) => boolean | Promise<boolean>;
}

/** Why a sweep has ended. */
export type SweepEnd = 'nothing more' | 'stopped' | 'interrupted' | 'too many held';

/**
 * Receives all there is: SQS has no other way to look into a queue. Each message is held from when it is received until
 * it is forgotten or released, or it would come again.
 */
export async function sweep(queue: DeadLetterQueue, parts: Sweep): Promise<SweepEnd> {
  let end: SweepEnd | undefined;
  const read = async () => {
    try {
      while (end === undefined) {
        // A receive that was begun is waited for: what it brings would else be held by nobody, for a while.
        if (parts.signal.aborted) end = 'interrupted';
        else end = (await step(queue, parts)) ?? end;
      }
    } catch (error) {
      end = 'stopped';
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: parts.readers }, read));
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  return end ?? 'nothing more';
}

/** Undefined: there may be more. */
async function step(queue: DeadLetterQueue, { held, onLetters }: Sweep): Promise<SweepEnd | undefined> {
  const letters = await receive(queue);
  if (letters === 'too many held') return letters;
  if (letters.length === 0) return 'nothing more';
  const fresh = held.add(letters);
  if (fresh.length === 0) return undefined;
  return (await onLetters(fresh)) ? undefined : 'stopped';
}

/** @param most how many to take at once */
export async function receive(
  { sqs, url, name, explain }: DeadLetterQueue,
  most: number = MAX_BATCH,
): Promise<Letter[] | 'too many held'> {
  const { ReceiveMessageCommand } = await import('../../vendor/sqs.mjs');
  return explain({ action: 'sqs:ReceiveMessage', place: `queue ${name}` }, async () => {
    try {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: most,
          WaitTimeSeconds: WAIT_SECONDS,
          VisibilityTimeout: HELD_SECONDS,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return Messages.map(readLetter);
    } catch (error) {
      // SQS lets 120,000 messages of a queue be held.
      if ((error as Error).name !== 'OverLimit') throw error;
      return 'too many held';
    }
  });
}
