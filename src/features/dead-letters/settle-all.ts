import type { Refusal } from '../stack/calls';
import { HeldLetters } from './held';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';
import { sweep, type SweepEnd } from './sweep';

/** What is to be done with which messages. */
export interface Settling {
  /** Undefined: whichever are wanted. Else it is enough when all of these are settled. */
  ids: readonly string[] | undefined;
  isWanted: (letter: Letter) => boolean;
  /** Gives what it did not work for; the rest is gone from the queue. */
  act: (letters: readonly Letter[]) => Promise<Refusal<Letter>[]>;
  /** Told after each batch how many more were looked at. */
  onSeen: (count: number) => void;
}

export interface Settled {
  done: number;
  failures: Refusal<Letter>[];
  /** Seen, and left as they are. */
  others: number;
  /** Of the ids. */
  notFound: string[];
  end: SweepEnd;
  /** Could not be released: they come back by themselves. */
  notReleased: number;
}

const READERS = 8;

/**
 * Does it with all that are wanted. What is not wanted is held meanwhile, so that it is seen once, and released at the
 * end, however it ends.
 */
export async function settleAll(
  queue: DeadLetterQueue,
  { signal, plan }: { signal: AbortSignal; plan: (held: HeldLetters) => Settling },
): Promise<Settled> {
  const held = new HeldLetters(queue);
  const run = new Run(plan(held));
  let end: SweepEnd = 'stopped';
  let notReleased = 0;
  try {
    let before: number;
    do {
      before = run.done;
      end = await sweep(queue, { held, signal, readers: READERS, onLetters: (letters) => run.take(letters) });
      if (queue.isFifo) await held.release();
      // What is held hides the rest of its group: once some are gone, others can be seen.
    } while (queue.isFifo && end === 'nothing more' && run.done > before);
  } finally {
    notReleased = await held.end();
  }
  return { ...run.result(), end, notReleased };
}

class Run {
  done = 0;
  private readonly settling: Settling;
  private readonly failures = new Map<string, Refusal<Letter>>();
  private readonly others = new Set<string>();
  private readonly open: Set<string>;

  constructor(settling: Settling) {
    this.settling = settling;
    this.open = new Set(settling.ids);
  }

  /** Answers whether to go on. */
  async take(letters: readonly Letter[]): Promise<boolean> {
    const { ids, isWanted, act, onSeen } = this.settling;
    const isMeant = (letter: Letter) => (ids === undefined || this.open.has(letter.id)) && isWanted(letter);
    const wanted = letters.filter((letter) => isMeant(letter) && !this.failures.has(letter.id));
    letters.filter((letter) => !isMeant(letter)).forEach(({ id }) => this.others.add(id));
    if (wanted.length > 0) {
      const failures = await act(wanted);
      failures.forEach((failure) => this.failures.set(failure.item.id, failure));
      const done = wanted.filter(({ id }) => !this.failures.has(id));
      this.done += done.length;
      wanted.forEach(({ id }) => this.open.delete(id));
    }
    onSeen(letters.length);
    return ids === undefined || this.open.size > 0;
  }

  result() {
    const { done, failures, others, open } = this;
    return { done, failures: [...failures.values()], others: others.size, notFound: [...open] };
  }
}
