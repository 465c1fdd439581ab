import { setTimeout as delay } from 'node:timers/promises';
import { exponentialWait } from '../../shared/backoff';
import { isFinal, type FailedEntry } from '../common/batches';

/** What SQS says of a batch. */
export interface BatchAnswer {
  Failed?: readonly FailedEntry[] | undefined;
}

export interface Failure<T> {
  item: T;
  reason: string;
}

const TRIES = 5;
/** Of five attempts, the last is made 3 s after the first. */
const PAUSE_MS = { first: 200, most: 1_600 };

/**
 * Sends one batch, and again what SQS refused of it through no fault of ours.
 * @param send given the items with an id for each: their place in the batch
 * @returns what was refused in the end
 */
export async function inBatch<T>(
  items: readonly T[],
  send: (entries: readonly (readonly [id: string, item: T])[]) => Promise<BatchAnswer>,
): Promise<Failure<T>[]> {
  let open = items;
  const failures: Failure<T>[] = [];
  for (let attempt = 1; open.length > 0; attempt += 1) {
    if (attempt > 1) await delay(exponentialWait(attempt - 2, PAUSE_MS));
    const entries = open.map((item, index) => [String(index), item] as const);
    const refused = refusedOf(entries, await send(entries));
    const [final, passing] = partition(refused, (each) => each.isFinal || attempt === TRIES);
    failures.push(...final);
    open = passing.map(({ item }) => item);
  }
  return failures.map(({ item, reason }) => ({ item, reason }));
}

interface Refused<T> extends Failure<T> {
  /** The message itself is at fault. */
  isFinal: boolean;
}

function refusedOf<T>(
  entries: readonly (readonly [id: string, item: T])[],
  { Failed = [] }: BatchAnswer,
): Refused<T>[] {
  const items = new Map(entries);
  return Failed.flatMap((entry) => {
    const { Id = '', Code = 'unknown', Message } = entry;
    const item = items.get(Id);
    if (item === undefined) return [];
    const reason = Message === undefined ? Code : `${Code}: ${Message}`;
    return [{ item, reason, isFinal: isFinal(entry) }];
  });
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
