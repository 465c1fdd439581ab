import { ProgressError } from './errors';

/**
 * How a job's parts are kept. Up to `MOST_IN_ONE_ITEM` the job's own item has the set of unfinished parts, as Watchbot has
 * it. DynamoDB writes an item as a whole, so a write costs what the set is long. With more parts, or where it is asked
 * for, they are in shards: items of their own, each small enough to be one write unit.
 */

/** 1 to 100,000 as a set of numbers is 390 KB of the 400 KB that an item may have. */
export const MOST_IN_ONE_ITEM = 100_000;

/** A write to a shard then costs eight units. */
export const MOST_PARTS = 10_000_000;

/** With its name and key such a set of numbers is below 1 KB: one write unit. */
const SMALLEST_SHARD = 256;

/** The set of unfinished shards is then below 13 KB. */
const MOST_SHARDS = 4_096;

/** Parts in each shard of a job, the last one's excepted. */
export function shardSizeOf(total: number): number {
  return Math.max(SMALLEST_SHARD, Math.ceil(total / MOST_SHARDS));
}

/** From 1, as parts. */
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
 * Parts count from 1, since `set-total` stores 1 to N. The README of Watchbot's helper counts them from 0, and so its
 * part 0 was taken and its part N stayed unfinished for ever.
 * @throws {ProgressError} `PART`
 */
export function checkPart(part: number, total?: number): void {
  if (Number.isInteger(part) && part >= 1 && part <= (total ?? MOST_PARTS)) return;
  const most = total === undefined ? 'the total' : `its total, ${total}`;
  const advice = part === 0 ? '; a loop that counts from 0 must add 1' : '';
  throw new ProgressError(
    'PART',
    `part ${part} is none of the job's, which count from 1 to ${most}${advice}`,
  );
}
