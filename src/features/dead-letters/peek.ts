import { HeldLetters } from './held';
import type { Letter } from './letter';
import type { DeadLetterQueue } from './queue';
import { sweep, type SweepEnd } from './sweep';

export interface Peeking {
  isWanted: (letter: Letter) => boolean;
  /** Of what is wanted. */
  most: number;
  signal: AbortSignal;
}

export interface Peeked {
  /** The oldest first. */
  letters: Letter[];
  /** Wanted or not. */
  seen: number;
  end: SweepEnd;
  /** Could not be released: they come back by themselves. */
  notReleased: number;
}

/** For a few messages one is enough, and disturbs fewer of them. */
const READERS_FOR_MANY = 4;
const MANY = 100;

/** Looks at messages and gives all back, however it ends. */
export async function peek(queue: DeadLetterQueue, { isWanted, most, signal }: Peeking): Promise<Peeked> {
  const held = new HeldLetters(queue);
  const found: Letter[] = [];
  let seen = 0;
  let end: SweepEnd = 'stopped';
  let notReleased = 0;
  try {
    end = await sweep(queue, {
      held,
      signal,
      readers: most > MANY ? READERS_FOR_MANY : 1,
      onLetters: (letters) => {
        seen += letters.length;
        found.push(...letters.filter(isWanted));
        return found.length < most;
      },
    });
  } finally {
    notReleased = await held.end();
  }
  const letters = found.toSorted((a, b) => a.sentAt.getTime() - b.sentAt.getTime()).slice(0, most);
  return { letters, seen, end, notReleased };
}
