import { inCalls } from '../../shared/batches';
import { sendBatch } from '../stack/calls';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';

/** A message that is never released, since the process was killed, comes back after this time by itself. */
export const HELD_SECONDS = 30;

/** How often is looked which of the held ones must be held on. */
const LOOK_MS = 5000;
/** What comes back within this time is held on. */
const SOON_MS = 15_000;

const RELEASE_ACTION = 'sqs:ChangeMessageVisibility';

interface Held {
  letter: Letter;
  untilMs: number;
}

/**
 * Messages that were received and not settled: nobody else sees them. They are held on until they are forgotten, since
 * they are gone, or released.
 */
export class HeldLetters {
  private readonly queue: DeadLetterQueue;
  private readonly held = new Map<string, Held>();
  private readonly timer: NodeJS.Timeout;

  constructor(queue: DeadLetterQueue) {
    this.queue = queue;
    this.timer = setInterval(() => void this.holdOn(), LOOK_MS);
    this.timer.unref();
  }

  /** Takes what was just received. What is held already has a new receipt, and is left out of the answer. */
  add(letters: readonly Letter[]): Letter[] {
    const untilMs = Date.now() + HELD_SECONDS * 1000;
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
    return found !== undefined && found.untilMs > Date.now();
  }

  /** The receipt of the last receive, which is the only one that SQS takes. */
  receiptOf({ id, receiptHandle }: Letter): string {
    return this.held.get(id)?.letter.receiptHandle ?? receiptHandle;
  }

  /** Gives back at once, all where none are named. Gives how many could not be: those come back by themselves. */
  async release(letters: readonly Letter[] = this.all()): Promise<number> {
    const mine = letters.filter(({ id }) => this.held.has(id));
    const failures = await this.changeVisibility(mine, 0);
    this.forget(mine);
    return failures;
  }

  /** Releases all and holds nothing on. */
  async end(): Promise<number> {
    clearInterval(this.timer);
    return this.release();
  }

  private all(): Letter[] {
    return [...this.held.values()].map(({ letter }) => letter);
  }

  private async holdOn(): Promise<void> {
    const soonMs = Date.now() + SOON_MS;
    const ending = [...this.held.values()].filter(({ untilMs }) => untilMs < soonMs);
    await Promise.all(
      inCalls(ending).map(async (part) => {
        const untilMs = Date.now() + HELD_SECONDS * 1000;
        const letters = part.map(({ letter }) => letter);
        if ((await this.changeVisibility(letters, HELD_SECONDS)) > 0) return;
        part.forEach((each) => {
          each.untilMs = untilMs;
        });
      }),
    );
  }

  /** Gives how many it did not work for. */
  private async changeVisibility(letters: readonly Letter[], seconds: number): Promise<number> {
    const { ChangeMessageVisibilityBatchCommand } = await import('../../vendor/sqs.mjs');
    const { sqs, url, name, explain } = this.queue;
    const change = (part: readonly Letter[]) =>
      explain({ action: RELEASE_ACTION, place: `queue ${name}` }, () =>
        sendBatch(part, (entries) =>
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
    const counts = await allOf(inCalls(letters), change);
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

const AT_ONCE = 8;

/** Does all, so many at a time. */
async function allOf<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = [...items];
  const results: R[] = [];
  const loop = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      results.push(await run(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  return results;
}
