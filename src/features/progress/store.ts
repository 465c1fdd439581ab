import { DAY_SECONDS } from '../../shared/durations';
import { ProgressAttribute } from '../../contract/progress';
import {
  DONE_PLACES,
  HEADER,
  JobAttribute,
  jobOf,
  numbersIn,
  numbersTo,
  OPEN_SHARDS,
  openShardsId,
  partsIn,
  placeInShard,
  shardId,
  shardOf,
  type Job,
  type Lease,
} from './job';

/** The values of attributes that jobs need. */
export type Value =
  string | number | boolean | null | NumberSet | readonly Value[] | { readonly [key: string]: Value };

export type NumberSet = ReadonlySet<number>;

/** The attributes of an item, but for its key. */
export type Attributes = Readonly<Record<string, Value | undefined>>;

/**
 * A table with one key, `id`, and no more of DynamoDB than jobs need. Reads see every write that was answered before
 * them. An update is done as a whole or not at all.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export interface Table {
  /** @param names which attributes; all, unless given */
  read(id: string, names?: readonly string[]): Promise<Attributes | undefined>;
  /** Changes the item, or makes it. If a condition does not hold, nothing is done. */
  update(change: Change): Promise<Changed>;
}

export interface Change {
  id: string;
  set?: Attributes;
  remove?: readonly string[];
  /** Adds numbers to sets, and makes a set that is not there. */
  add?: Readonly<Record<string, readonly number[]>>;
  /** Removes numbers from sets. A set that becomes empty is gone. */
  delete?: Readonly<Record<string, readonly number[]>>;
  /** All of them must hold. */
  when?: readonly Condition[];
  /** The attribute whose new value is to be returned. */
  returns?: string;
}

export type Condition =
  | { kind: 'absent'; name: string }
  | { kind: 'equal'; name: string; value: string | number }
  /** A set with more than this many numbers. */
  | { kind: 'larger'; name: string; than: number }
  /** A number that is not above the limit. */
  | { kind: 'at-most'; name: string; limit: number }
  | { kind: 'either'; of: readonly Condition[] };

export type Changed = { isDone: true; value: Value | undefined } | { isDone: false };

/** The attribute is as it was when it was read: it has that value, or it is absent. */
const unchanged = (name: string, value: string | number | undefined): Condition =>
  value === undefined ? { kind: 'absent', name } : { kind: 'equal', name, value };

/**
 * How long an item is kept after its last write. A message may stay in its queue for 14 days, and then in the
 * dead-letter queue for 14 more: its job is still there.
 */
const KEPT_SECONDS = 30 * DAY_SECONDS;

/** Its total is set, and it has more parts than one item is to hold. */
type ShardedJob = Job & { total: number; run: string; shardSize: number };

/** What `set-total` begins. */
interface Round {
  total: number;
  run: string;
  setBy: string | undefined;
  /** Undefined: the parts are in the job's own item. */
  shardSize: number | undefined;
}

export const isSharded = (job: Job): job is ShardedJob =>
  job.shardSize !== undefined && job.total !== undefined && job.run !== undefined;

/** The jobs in the table: which items and attributes a step changes, and under which conditions. */
export class JobStore {
  private readonly table: Table;
  private readonly nowMs: () => number;

  constructor(table: Table, nowMs: () => number) {
    this.table = table;
    this.nowMs = nowMs;
  }

  /** Without its parts. */
  async job(id: string): Promise<Job> {
    return jobOf(await this.table.read(id, HEADER));
  }

  /** With what is unfinished: parts, or shards. */
  async whole(id: string): Promise<{ job: Job; left: NumberSet }> {
    const item = await this.table.read(id);
    const job = jobOf(item);
    return { job, left: isSharded(job) ? await this.left(id, job) : numbersIn(item, JobAttribute.parts) };
  }

  async left(id: string, job: Job): Promise<NumberSet> {
    const { key, name } = unfinishedSetOf(id, job);
    return numbersIn(await this.table.read(key, [name]), name);
  }

  /** @returns whether the job was still as it had been read */
  async begin(id: string, was: Job, round: Round): Promise<boolean> {
    const { total, run, shardSize } = round;
    if (shardSize !== undefined) {
      const shards = numbersTo(shardOf(total, shardSize));
      await this.update({ id: openShardsId(run), set: { [OPEN_SHARDS]: shards } });
    }
    return this.update({ id, ...beginning(was, round) });
  }

  /** @returns whether the shard is full */
  async record(job: ShardedJob, part: number): Promise<boolean> {
    const { run, shardSize } = job;
    const shard = shardOf(part, shardSize);
    const changed = await this.table.update({
      id: shardId(run, shard),
      // Number by number: a set takes one twice without harm, and no write waits for another one.
      add: { [DONE_PLACES]: [placeInShard(part, shardSize)] },
      set: this.expiry(),
      returns: DONE_PLACES,
    });
    const value = changed.isDone ? changed.value : undefined;
    return numbersIn({ [DONE_PLACES]: value }, DONE_PLACES).size === partsIn(shard, job);
  }

  async isRecorded({ run, shardSize }: ShardedJob, part: number): Promise<boolean> {
    const item = await this.table.read(shardId(run, shardOf(part, shardSize)), [DONE_PLACES]);
    return numbersIn(item, DONE_PLACES).has(placeInShard(part, shardSize));
  }

  /** Removes the piece if others are left. @returns whether they are, and the job was still as it had been read */
  remove(id: string, job: Job, piece: number): Promise<boolean> {
    const { key, name, when } = unfinishedSetOf(id, job);
    const othersAreLeft: Condition = { kind: 'larger', name, than: 1 };
    return this.update({ id: key, delete: { [name]: [piece] }, when: [...when, othersAreLeft] });
  }

  /** Removes the piece. @returns whether the job was still as it had been read */
  removeLast(id: string, job: Job, piece: number): Promise<boolean> {
    const { key, name, when } = unfinishedSetOf(id, job);
    return this.update({ id: key, delete: { [name]: [piece] }, when });
  }

  /** @returns whether there was no other lease, and the reduce message had not been sent */
  claim(id: string, job: Job, claim: { lease: Lease; nowMs: number }): Promise<boolean> {
    return this.update({ id, ...claiming(job, claim) });
  }

  /** Sets attributes unconditionally, as Watchbot does. */
  async note(id: string, attributes: Attributes): Promise<void> {
    await this.update({ id, set: attributes });
  }

  private async update(change: Change): Promise<boolean> {
    return (await this.table.update({ ...change, set: { ...change.set, ...this.expiry() } })).isDone;
  }

  private expiry() {
    return { [ProgressAttribute.expires]: Math.floor(this.nowMs() / 1000) + KEPT_SECONDS };
  }
}

/** Where the set of what is unfinished is, and the conditions under which it is this round's. */
function unfinishedSetOf(id: string, job: Job): { key: string; name: string; when: Condition[] } {
  if (isSharded(job)) return { key: openShardsId(job.run), name: OPEN_SHARDS, when: [] };
  return { key: id, name: JobAttribute.parts, when: sameRound(job) };
}

const sameRound = ({ run, total }: Job): Condition[] => [
  unchanged(JobAttribute.run, run),
  unchanged(JobAttribute.total, total),
  { kind: 'absent', name: JobAttribute.error },
];

/** What was noted of the job before its first total stays: metadata, and a failure. */
function beginning(was: Job, { total, run, setBy, shardSize }: Round) {
  const { lease, ...over } = OVER;
  return {
    set: {
      [JobAttribute.total]: total,
      [JobAttribute.run]: run,
      [JobAttribute.setBy]: setBy,
      [JobAttribute.shardSize]: shardSize,
      ...(shardSize === undefined ? { [JobAttribute.parts]: numbersTo(total) } : {}),
    },
    remove: [
      ...lease,
      ...(was.total === undefined ? [] : over.verdicts),
      ...(setBy === undefined ? [JobAttribute.setBy] : []),
      shardSize === undefined ? JobAttribute.shardSize : JobAttribute.parts,
    ],
    when: [unchanged(JobAttribute.run, was.run), unchanged(JobAttribute.total, was.total)],
  };
}

/** Attributes that an earlier round may have left. */
const OVER = {
  lease: [JobAttribute.leaseHolder, JobAttribute.leaseUntil],
  verdicts: [JobAttribute.error, JobAttribute.reduceSent],
};

function claiming(job: Job, { lease, nowMs }: { lease: Lease; nowMs: number }) {
  const name = JobAttribute.leaseUntil;
  const isFree: Condition = {
    kind: 'either',
    of: [
      { kind: 'absent', name },
      { kind: 'at-most', name, limit: nowMs },
      { kind: 'equal', name: JobAttribute.leaseHolder, value: lease.holder },
    ],
  };
  return {
    set: {
      [JobAttribute.leaseHolder]: lease.holder,
      [JobAttribute.leaseUntil]: lease.untilMs,
    },
    when: [
      ...sameRound(job),
      { kind: 'absent', name: JobAttribute.reduceSent },
      { kind: 'absent', name: JobAttribute.parts },
      isFree,
    ] satisfies Condition[],
  };
}
