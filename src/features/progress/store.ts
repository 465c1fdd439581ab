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

/** What an attribute may hold, as far as jobs need it. */
export type Value =
  string | number | boolean | null | NumberSet | readonly Value[] | { readonly [key: string]: Value };

export type NumberSet = ReadonlySet<number>;

/** The attributes of an item, but for its key. */
export type Attributes = Readonly<Record<string, Value | undefined>>;

/**
 * A table with one key, `id`, and no more of DynamoDB than jobs need. Reads see every write that was answered before
 * them; each update is done as a whole or not at all.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export interface Table {
  /** @param names which attributes; all, unless given */
  read(id: string, names?: readonly string[]): Promise<Attributes | undefined>;
  /** Changes the item, or makes it. Where a condition does not hold nothing is done. */
  update(change: Change): Promise<Changed>;
}

export interface Change {
  id: string;
  set?: Attributes;
  remove?: readonly string[];
  /** Numbers into sets. A set that is not there begins with them. */
  add?: Readonly<Record<string, readonly number[]>>;
  /** Numbers out of sets. A set that has none left is gone. */
  delete?: Readonly<Record<string, readonly number[]>>;
  /** All of them must hold. */
  when?: readonly Condition[];
  /** The one attribute that is wanted back, as it is then. */
  returns?: string;
}

export type Condition =
  | { kind: 'absent'; name: string }
  | { kind: 'equal'; name: string; value: string | number }
  /** A set with more numbers than so many. */
  | { kind: 'larger'; name: string; than: number }
  /** A number that is not above the limit. */
  | { kind: 'at-most'; name: string; limit: number }
  | { kind: 'either'; of: readonly Condition[] };

export type Changed = { isDone: true; value: Value | undefined } | { isDone: false };

/** The attribute is what it was when it was read: there with that value, or not there. */
const unchanged = (name: string, value: string | number | undefined): Condition =>
  value === undefined ? { kind: 'absent', name } : { kind: 'equal', name, value };

/**
 * Each write puts off the day on which the item leaves. A message may lie in its queue for 14 days and then in the
 * dead-letter queue for 14 more: a job that it belongs to is still there.
 */
const KEPT_SECONDS = 30 * 24 * 3600;

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

/** Jobs in the table: which items and attributes a step changes, and on what condition. */
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

  /** With what is unfinished of it: parts, or shards. */
  async whole(id: string): Promise<{ job: Job; left: NumberSet }> {
    const item = await this.table.read(id);
    const job = jobOf(item);
    return { job, left: isSharded(job) ? await this.left(id, job) : numbersIn(item, JobAttribute.parts) };
  }

  async left(id: string, job: Job): Promise<NumberSet> {
    const { key, name } = placeOf(id, job);
    return numbersIn(await this.table.read(key, [name]), name);
  }

  /** Gives whether the job was still as it was read. */
  async begin(id: string, was: Job, round: Round): Promise<boolean> {
    const { total, run, shardSize } = round;
    if (shardSize !== undefined) {
      const shards = numbersTo(shardOf(total, shardSize));
      await this.update({ id: openShardsId(run), set: { [OPEN_SHARDS]: shards } });
    }
    return this.update({ id, ...beginning(was, round) });
  }

  /** Gives whether the shard is full. */
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

  /** Takes the piece out where others are left. Gives whether they are, and the job is still as it was read. */
  remove(id: string, job: Job, piece: number): Promise<boolean> {
    const { key, name, when } = placeOf(id, job);
    const othersAreLeft: Condition = { kind: 'larger', name, than: 1 };
    return this.update({ id: key, delete: { [name]: [piece] }, when: [...when, othersAreLeft] });
  }

  /** Takes the piece out. Gives whether the job was still as it was read. */
  removeLast(id: string, job: Job, piece: number): Promise<boolean> {
    const { key, name, when } = placeOf(id, job);
    return this.update({ id: key, delete: { [name]: [piece] }, when });
  }

  /** Gives whether no other lease was there, and the reduce message still to be sent. */
  claim(id: string, job: Job, claim: { lease: Lease; nowMs: number }): Promise<boolean> {
    return this.update({ id, ...claiming(job, claim) });
  }

  /** On no condition, as Watchbot does it. */
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

/** Where the set of what is unfinished is, and what must hold for it to be this round's. */
function placeOf(id: string, job: Job): { key: string; name: string; when: Condition[] } {
  if (isSharded(job)) return { key: openShardsId(job.run), name: OPEN_SHARDS, when: [] };
  return { key: id, name: JobAttribute.parts, when: sameRound(job) };
}

const sameRound = ({ run, total }: Job): Condition[] => [
  unchanged(JobAttribute.run, run),
  unchanged(JobAttribute.total, total),
  { kind: 'absent', name: JobAttribute.error },
];

/** What was said of the job before its first total still holds: metadata, and that it has failed. */
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

/** What an earlier round may have left. */
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
