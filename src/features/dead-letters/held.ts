import { inCalls } from '../../shared/batches';
import type { Cancel } from '../../shared/clock';
import { sendBatch, type Refusal } from '../stack/calls';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';

/** A message that is never released, since the process was killed, comes back by itself after this time. */
export const HELD_SECONDS = 30;

/** How often it checks which messages must be held longer. */
const CHECK_MS = 5000;
/** What would come back within this time is held longer. */
const SOON_MS = 15_000;

interface HeldLetter {
  letter: Letter;
  untilMs: number;
}

/**
 * Messages that were received and not settled: nobody else sees them. They stay held until they are forgotten, since they
 * are gone, or released.
 */
export class HeldLetters {
  private readonly queue: DeadLetterQueue;
  private readonly held = new Map<string, HeldLetter>();
  private readonly stopChecking: Cancel;
  /** The holds that are under way: SQS may carry out a later call before them. */
  private holding: Promise<void> = Promise.resolve();

  constructor(queue: DeadLetterQueue) {
    this.queue = queue;
    this.stopChecking = queue.clock.every(CHECK_MS, () => {
      this.holding = this.holding.then(() => this.holdLonger());
    });
  }

  /** Takes what was just received. A message that is held already has a new receipt, and is left out of the answer. */
  add(letters: readonly Letter[]): Letter[] {
    const untilMs = this.queue.clock.now() + HELD_SECONDS * 1000;
    const added = letters.filter(({ id }) => !this.held.has(id));
    letters.forEach((letter) => this.held.set(letter.id, { letter, untilMs }));
    return added;
  }

  forget(letters: readonly Letter[]): void {
    letters.forEach(({ id }) => this.held.delete(id));
  }

  /** Whether it is still ours: SQS gives a message back after 12 hours, whatever is asked. */
  has({ id }: Letter): boolean {
    const found = this.held.get(id);
    return found !== undefined && found.untilMs > this.queue.clock.now();
  }

  /** The receipt of the last receive, which is the only one that SQS takes. */
  receiptOf({ id, receiptHandle }: Letter): string {
    return this.held.get(id)?.letter.receiptHandle ?? receiptHandle;
  }

  /** Gives back at once, all if none are named. Gives how many it could not: those come back by themselves. */
  async release(letters: readonly Letter[] = this.all()): Promise<number> {
    const mine = letters.flatMap(({ id }) => this.held.get(id)?.letter ?? []);
    // From now on nobody holds them longer, and what is under way must not come after the release.
    this.forget(mine);
    await this.holding;
    return this.changeVisibility(mine, 0);
  }

  /** Releases all, and holds none any longer. */
  async end(): Promise<number> {
    this.stopChecking();
    return this.release();
  }

  private all(): Letter[] {
    return [...this.held.values()].map(({ letter }) => letter);
  }

  private async holdLonger(): Promise<void> {
    const soonMs = this.queue.clock.now() + SOON_MS;
    const ending = [...this.held.values()].filter(({ untilMs }) => untilMs < soonMs);
    await Promise.all(
      inCalls(ending).map(async (part) => {
        const untilMs = this.queue.clock.now() + HELD_SECONDS * 1000;
        const letters = part.map(({ letter }) => letter);
        if ((await this.changeVisibility(letters, HELD_SECONDS)) > 0) return;
        part.forEach((each) => {
          each.untilMs = untilMs;
        });
      }),
    );
  }

  /** Gives the number of messages for which it did not work. */
  private async changeVisibility(letters: readonly Letter[], seconds: number): Promise<number> {
    const { ChangeMessageVisibilityBatchCommand } = await import('../../vendor/sqs.mjs');
    const { sqs, url, name, explain, clock } = this.queue;
    const change = (part: readonly Letter[]) =>
      explain({ action: 'sqs:ChangeMessageVisibility', place: `queue ${name}` }, () =>
        sendBatch(clock, part, (entries) =>
          sqs.send(
            new ChangeMessageVisibilityBatchCommand({
              QueueUrl: url,
              Entries: entries.map(([Id, letter]) => ({
                Id,
                ReceiptHandle: this.receiptOf(letter),
                VisibilityTimeout: seconds,
              })),
            }),
          ),
        ),
      ).then(
        ({ length }) => length,
        // An error here must not hide the one that led here; the message comes back anyway.
        () => part.length,
      );
    const counts = await mapAtOnce(inCalls(letters), change);
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

const AT_ONCE = 8;

async function mapAtOnce<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = [...items];
  const results: R[] = [];
  const loop = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results.push(await run(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  return results;
}

/** Deletes messages that are held. Gives those that SQS did not delete. */
export async function deleteLetters(
  { sqs, url, name, explain, clock }: DeadLetterQueue,
  held: HeldLetters,
  letters: readonly Letter[],
): Promise<Refusal<Letter>[]> {
  const { DeleteMessageBatchCommand } = await import('../../vendor/sqs.mjs');
  const refusals: Refusal<Letter>[] = [];
  for (const part of inCalls(letters)) {
    const refused = await explain({ action: 'sqs:DeleteMessage', place: `queue ${name}` }, () =>
      sendBatch(clock, part, (entries) =>
        sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl: url,
            Entries: entries.map(([Id, letter]) => ({ Id, ReceiptHandle: held.receiptOf(letter) })),
          }),
        ),
      ),
    );
    refusals.push(...refused);
    const left = new Set(refused.map(({ item }) => item));
    held.forget(part.filter((letter) => !left.has(letter)));
  }
  return refusals;
}
