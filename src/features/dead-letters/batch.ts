import { setTimeout as delay } from 'node:timers/promises';
import { isFinal, MAX_BATCH, type FailedEntry } from '../common/batches';

/** What SQS says of a batch. */
export interface BatchAnswer {
  Failed?: readonly FailedEntry[] | undefined;
}

export interface Failure<T> {
  item: T;
  reason: string;
}

const TRIES = 5;
const FIRST_PAUSE_MS = 100;

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
    if (attempt > 1) await delay(FIRST_PAUSE_MS * 2 ** (attempt - 1));
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

/** Lists of at most ten, none of which is too large to be sent at once. */
export function chunk<T>(
  items: readonly T[],
  { size = () => 0, mostBytes = Infinity }: { size?: (item: T) => number; mostBytes?: number } = {},
): T[][] {
  const chunks: T[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    bytes += size(item);
    const last = chunks.at(-1);
    if (last === undefined || last.length === MAX_BATCH || bytes > mostBytes) {
      chunks.push([item]);
      bytes = size(item);
    } else last.push(item);
  }
  return chunks;
}
