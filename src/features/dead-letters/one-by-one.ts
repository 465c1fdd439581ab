import { MAX_BATCH } from '../../shared/batches';
import type { HeldLetters } from './held';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';
import { receive } from './sweep';

/** Takes the messages of a queue one by one; only the one that was taken last is held. */
export class OneByOne {
  private readonly queue: DeadLetterQueue;
  private readonly held: HeldLetters;
  private readonly seen = new Set<string>();

  constructor(queue: DeadLetterQueue, held: HeldLetters) {
    this.queue = queue;
    this.held = held;
  }

  /** Undefined where there is none that was not seen. Held is nothing else. */
  async next(signal: AbortSignal): Promise<Letter | undefined> {
    const passed: Letter[] = [];
    let found: Letter | undefined;
    while (found === undefined && !signal.aborted) {
      // More than one only to get past those that were given back: SQS counts what is received.
      const letters = await receive(this.queue, this.seen.size === 0 ? 1 : MAX_BATCH);
      if (letters === 'too many held' || letters.length === 0) break;
      this.held.add(letters);
      found = letters.find(({ id }) => !this.seen.has(id));
      passed.push(...letters.filter((letter) => letter !== found));
    }
    await this.held.release(passed);
    if (found !== undefined) this.seen.add(found.id);
    return found;
  }
}
