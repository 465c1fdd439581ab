import type { Attributes, NumberSet, Value } from './table';

/** Attributes of a job's item. The first five are Watchbot's; it leaves the others as they are. */
export const JobAttribute = {
  /** The set of unfinished parts; gone when none is left, and where they are in shards. */
  parts: 'parts',
  total: 'total',
  metadata: 'metadata',
  /** Why it failed. */
  error: 'error',
  reduceSent: 'reduceSent',
  /** Names this round of the job: what another round left behind counts for nothing. */
  run: 'run',
  /** The message by whose worker the total was set. */
  setBy: 'setBy',
  /** Parts in a shard. */
  shardSize: 'shardSize',
  leaseHolder: 'leaseHolder',
  /** Milliseconds since 1970. */
  leaseUntil: 'leaseUntil',
} as const;

/** The set of unfinished shards, which is an item of its own. */
export const OPEN_SHARDS = 'shards';

/** Of a shard: the places that are done. */
export const DONE_PLACES = 'done';

/** The keys of a round's own items. A round's name is random: no job is called so. */
export const openShardsId = (run: string): string => `shards:${run}`;
export const shardId = (run: string, shard: number): string => `shard:${run}:${shard}`;

/** A job without its parts, as the table has it. */
export interface Job {
  /** Undefined until it is set. */
  total: number | undefined;
  /** Undefined where Watchbot's own helper has set the total. */
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

/** The right to send the reduce message, for a time. */
export interface Lease {
  /** One call of `complete-part`: whoever lost the answer knows its own lease by it. */
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

/** The numbers in a set, which is not there where it is empty. */
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
