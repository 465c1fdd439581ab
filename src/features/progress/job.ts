import { ProgressError } from './errors';
import type { Attributes, NumberSet, Value } from './store';

/** Attributes of a job's item. The first five are Watchbot's own; it leaves the others as they are. */
export const JobAttribute = {
  /** The set of unfinished parts. It is gone when none is left, and if the parts are in shards. */
  parts: 'parts',
  total: 'total',
  metadata: 'metadata',
  /** Why it failed. */
  error: 'error',
  reduceSent: 'reduceSent',
  /** The name of this round of the job. What another round has left does not count. */
  run: 'run',
  /** The message whose worker set the total. */
  setBy: 'setBy',
  /** How many parts a shard has. */
  shardSize: 'shardSize',
  leaseHolder: 'leaseHolder',
  /** Milliseconds since 1970. */
  leaseUntil: 'leaseUntil',
} as const;

/** The attribute with the unfinished shards, in an item of its own. */
export const OPEN_SHARDS = 'shards';

/** The attribute of a shard with the parts that are done, counted within the shard. */
export const DONE_PLACES = 'done';

/** The keys of a round's own items. A round's name is random, so no job has such a key. */
export const openShardsId = (run: string): string => `shards:${run}`;
export const shardId = (run: string, shard: number): string => `shard:${run}:${shard}`;

/** A job without its parts, as the table has it. */
export interface Job {
  /** Undefined until it is set. */
  total: number | undefined;
  /** Undefined if Watchbot's own helper has set the total. */
  run: string | undefined;
  setBy: string | undefined;
  /** Undefined: all parts are in the job's item. */
  shardSize: number | undefined;
  /** Why it failed. */
  failed: string | undefined;
  metadata: Value | undefined;
  isReduceSent: boolean;
  lease: Lease | undefined;
}

/** Permission to send the reduce message, for a time. */
export interface Lease {
  /** The call of `complete-part` that has it, which thereby recognizes its own lease if the answer was lost. */
  holder: string;
  /** By DynamoDB's clock, in milliseconds since 1970. */
  untilMs: number;
}

/** All attributes but the parts, of which there may be 100,000. */
export const HEADER: readonly string[] = Object.values(JobAttribute).filter(
  (name) => name !== JobAttribute.parts,
);

export function jobOf(item: Attributes | undefined): Job {
  const read = item ?? {};
  const error = read[JobAttribute.error];
  return {
    total: numberIn(read, JobAttribute.total),
    run: textIn(read, JobAttribute.run),
    setBy: textIn(read, JobAttribute.setBy),
    shardSize: numberIn(read, JobAttribute.shardSize),
    // Watchbot takes an empty reason for none.
    failed: error === undefined || error === null || error === '' ? undefined : reasonText(error),
    metadata: read[JobAttribute.metadata],
    isReduceSent: read[JobAttribute.reduceSent] === true,
    lease: leaseIn(read),
  };
}

/** The numbers in a set, which does not exist when it is empty. */
export function numbersIn(item: Attributes | undefined, name: string): NumberSet {
  const value = item?.[name];
  return value instanceof Set ? (value as NumberSet) : new Set();
}

function leaseIn(item: Attributes): Lease | undefined {
  const holder = textIn(item, JobAttribute.leaseHolder);
  const untilMs = numberIn(item, JobAttribute.leaseUntil);
  return holder === undefined || untilMs === undefined ? undefined : { holder, untilMs };
}

const reasonText = (error: Value) => (typeof error === 'string' ? error : JSON.stringify(error));

function numberIn(item: Attributes, name: string): number | undefined {
  const value = item[name];
  return typeof value === 'number' ? value : undefined;
}

function textIn(item: Attributes, name: string): string | undefined {
  const value = item[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * How a job's parts are kept. Up to `MOST_IN_ONE_ITEM`, the job's own item has the set of unfinished parts, as in
 * Watchbot. DynamoDB writes an item as a whole, so each write costs as much as the whole set. If there are more
 * parts, or if the caller wants it, they are in shards: items of their own, each small enough for one write unit.
 */

/** 1 to 100,000 as a set of numbers is 390 KB of the 400 KB that an item may have. */
export const MOST_IN_ONE_ITEM = 100_000;

/** A write to a shard then costs eight units. */
export const MOST_PARTS = 10_000_000;

/** Such a set of numbers, with its name and key, is below 1 KB: one write unit. */
const SMALLEST_SHARD = 256;

/** The set of unfinished shards is then below 13 KB. */
const MOST_SHARDS = 4_096;

/** How many parts each shard of a job has; the last one may have fewer. */
export function shardSizeOf(total: number): number {
  return Math.max(SMALLEST_SHARD, Math.ceil(total / MOST_SHARDS));
}

/** Shards are numbered from 1, as parts are. */
export const shardOf = (part: number, shardSize: number): number => Math.ceil(part / shardSize);

/** A part's number in its shard, from 1: small numbers are small in the table. */
export const placeInShard = (part: number, shardSize: number): number => ((part - 1) % shardSize) + 1;

/** How many parts a shard has. */
export function partsIn(shard: number, { total, shardSize }: { total: number; shardSize: number }): number {
  return Math.min(shardSize, total - (shard - 1) * shardSize);
}

/** 1 to the number. */
export const numbersTo = (last: number): Set<number> =>
  new Set(Array.from({ length: last }, (_, index) => index + 1));

/** @throws {ProgressError} `TOTAL` */
export function checkTotal(total: number): void {
  if (Number.isInteger(total) && total >= 1 && total <= MOST_PARTS) return;
  throw new ProgressError(
    'TOTAL',
    `the total is ${total}; a job has a whole number of parts, from 1 to ${MOST_PARTS.toLocaleString('en')}`,
  );
}

/**
 * Parts count from 1, since `set-total` stores 1 to N. The README of Watchbot's helper counts them from 0, so that
 * part 0 was accepted and part N stayed unfinished for ever.
 * @throws {ProgressError} `PART`
 */
export function checkPart(part: number, total?: number): void {
  if (Number.isInteger(part) && part >= 1 && part <= (total ?? MOST_PARTS)) return;
  const most = total === undefined ? 'the total' : `its total, ${total}`;
  const advice = part === 0 ? '; for parts that are counted from 0, say so: --from 0, or `partsFrom: 0`' : '';
  throw new ProgressError(
    'PART',
    `part ${part} is none of the job's, which count from 1 to ${most}${advice}`,
  );
}
