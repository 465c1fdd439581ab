import { MAX_BATCH } from '../../shared/batches';
import type { Refusal } from '../stack/calls';
import { HELD_SECONDS, HeldLetters } from './held';
import { WantedIds } from './ids';
import { readLetter, type Letter } from './letter';
import type { DeadLetterQueue } from './queue';

/**
 * SQS lets nobody look into a queue: messages are received, and held until they are settled or released. There are three
 * ways through a queue: `peek` gives all back, `settleAll` does something with those that are chosen, and `OneByOne`
 * holds a single message while somebody decides on it.
 */

/** Which dead letters are meant. */
export interface LetterChoice {
  /** Undefined: whichever are wanted. Else it is enough to find all of these. */
  ids: readonly string[] | undefined;
  isWanted: (letter: Letter) => boolean;
}

/** Why a sweep has ended. */
export type SweepEnd = 'nothing more' | 'stopped' | 'interrupted' | 'too many held';

export interface Peeked {
  /** The oldest first. */
  letters: Letter[];
  /** Wanted or not. */
  seen: number;
  end: SweepEnd;
  /** How many could not be released: they come back by themselves. */
  notReleased: number;
}

/** For a few messages one reader is enough, and disturbs fewer of them. */
const READERS_FOR_MANY = 4;
const MANY = 100;

/**
 * Looks at messages and gives all back, however it ends.
 * @param most how many of what is wanted
 */
export async function peek(
  queue: DeadLetterQueue,
  { isWanted, most, signal }: { isWanted: (letter: Letter) => boolean; most: number; signal: AbortSignal },
): Promise<Peeked> {
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

/** Something that is done with dead letters while they are held. */
export type LetterAction = (held: HeldLetters) => {
  /** Gives those for which it did not work; the rest is gone from the queue. */
  run: (letters: readonly Letter[]) => Promise<Refusal<Letter>[]>;
  /** Besides what is chosen. */
  isWanted?: (letter: Letter) => boolean;
};

export interface Settled {
  done: number;
  failures: Refusal<Letter>[];
  /** Seen, and left as they are. */
  others: number;
  /** Of the chosen ids. */
  notFound: string[];
  end: SweepEnd;
  /** How many could not be released: they come back by themselves. */
  notReleased: number;
}

const SETTLE_READERS = 8;

/**
 * Runs an action on all chosen letters. What is not chosen is held meanwhile, so that it is seen once, and released at
 * the end, however it ends.
 * @param onSeen told after each batch how many more were looked at
 */
export async function settleAll(
  queue: DeadLetterQueue,
  choice: LetterChoice,
  { action, signal, onSeen }: { action: LetterAction; signal: AbortSignal; onSeen: (count: number) => void },
): Promise<Settled> {
  const held = new HeldLetters(queue);
  const settler = new Settler(choice, action(held));
  const onLetters = async (letters: readonly Letter[]) => {
    await settler.take(letters);
    onSeen(letters.length);
    return !settler.hasAll;
  };
  let end: SweepEnd = 'stopped';
  let notReleased = 0;
  try {
    let before: number;
    do {
      before = settler.done;
      end = await sweep(queue, { held, signal, readers: SETTLE_READERS, onLetters });
      if (queue.isFifo) await held.release();
      // What is held hides the rest of its group: once some are gone, others can be seen.
    } while (queue.isFifo && end === 'nothing more' && settler.done > before);
  } finally {
    notReleased = await held.end();
  }
  return { ...settler.result(), end, notReleased };
}

class Settler {
  done = 0;
  private readonly failures = new Map<string, Refusal<Letter>>();
  private readonly others = new Set<string>();
  /** Chosen ids that were not seen yet. */
  private readonly open: WantedIds;

  constructor(
    private readonly choice: LetterChoice,
    private readonly action: ReturnType<LetterAction>,
  ) {
    this.open = new WantedIds(choice.ids ?? []);
  }

  get hasAll(): boolean {
    return this.choice.ids !== undefined && this.open.missing.length === 0;
  }

  async take(letters: readonly Letter[]): Promise<void> {
    const wanted = letters.filter((letter) => this.isMeant(letter) && !this.failures.has(letter.id));
    letters.filter((letter) => !this.isMeant(letter)).forEach(({ id }) => this.others.add(id));
    if (wanted.length === 0) return;
    const failures = await this.action.run(wanted);
    failures.forEach((failure) => this.failures.set(failure.item.id, failure));
    this.done += wanted.filter(({ id }) => !this.failures.has(id)).length;
    wanted.forEach((letter) => {
      this.open.find(letter);
    });
  }

  private isMeant(letter: Letter): boolean {
    const { ids, isWanted } = this.choice;
    if (ids !== undefined && !this.open.has(letter)) return false;
    return isWanted(letter) && this.action.isWanted?.(letter) !== false;
  }

  result() {
    const { done, failures, others, open } = this;
    return { done, failures: [...failures.values()], others: others.size, notFound: open.missing };
  }
}

interface Sweep {
  held: HeldLetters;
  signal: AbortSignal;
  /** So many receive at the same time. */
  readers: number;
  /** Given what was not seen before; answers whether to go on. */
  onLetters: (letters: readonly Letter[]) => boolean | Promise<boolean>;
}

/** Receives all there is. Each message is held until it is forgotten or released, or it would come again. */
async function sweep(queue: DeadLetterQueue, options: Sweep): Promise<SweepEnd> {
  let end: SweepEnd | undefined;
  const read = async () => {
    try {
      while (end === undefined) {
        // A receive that was begun is waited for: else nobody would hold what it brings, for a while.
        if (options.signal.aborted) end = 'interrupted';
        else end = (await step(queue, options)) ?? end;
      }
    } catch (error) {
      end = 'stopped';
      throw error;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: options.readers }, read));
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

/** A long poll asks all of SQS's servers: what it does not find does not exist, or somebody holds it. */
const WAIT_SECONDS = 1;

/** @param most how many to take at once */
async function receive(
  { sqs, url, name, retentionSeconds, explain }: DeadLetterQueue,
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
      return Messages.map((message) => readLetter(message, retentionSeconds));
    } catch (error) {
      // SQS lets 120,000 messages of a queue be held.
      if ((error as Error).name !== 'OverLimit') throw error;
      return 'too many held';
    }
  });
}

/** Takes the messages of a queue one by one; only the one that was taken last is held. */
export class OneByOne {
  private readonly seen = new Set<string>();

  constructor(
    private readonly queue: DeadLetterQueue,
    private readonly held: HeldLetters,
  ) {}

  /** Undefined if all were seen. Nothing else stays held. */
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
