import { leaseFor, nextStep, pieceOf, type Ask, type Completion, type Seen, type Step } from './completion';
import { ProgressError } from './errors';
import { checkPart, checkTotal, JobAttribute, MOST_IN_ONE_ITEM, partsIn, shardSizeOf, type Job } from './job';
import { isSharded, type JobStore, type NumberSet, type Value } from './store';

interface JobsInput {
  store: JobStore;
  /** Milliseconds since 1970 by DynamoDB's clock, which all workers share. */
  nowMs: () => number;
  wait: (milliseconds: number) => Promise<void>;
  /** A text that is never used again. */
  newId: () => string;
}

export interface TotalOptions {
  /** The message whose worker sets the total. */
  setBy?: string | undefined;
  /** Use shards even if one item could hold the parts. Watchbot's own helper cannot read such a job. */
  isSharded?: boolean | undefined;
}

export interface CompleteOptions {
  /** How long only one worker has the answer `true`. */
  leaseSeconds?: number | undefined;
}

/** Enough to send a message, even for a program that is slow to start. */
const DEFAULT_LEASE_SECONDS = 300;

const PARTS_LEFT: Completion = { outcome: 'parts-left', isComplete: false };

/** What workers do with a job. Each call may throw a `ProgressError`, and can be made again after any failure. */
export interface Jobs {
  setTotal(id: string, total: number, options?: TotalOptions): Promise<TotalPlan>;
  completePart(id: string, part: number, options?: CompleteOptions): Promise<Completion>;
  status(id: string, part?: number): Promise<Status>;
  setMetadata(id: string, metadata: Value): Promise<void>;
  failJob(id: string, reason: string): Promise<void>;
  reduceSent(id: string): Promise<void>;
}

export function createJobs(input: JobsInput): Jobs {
  const { store } = input;
  return {
    setTotal: (id, total, options = {}) => setTotal(input, id, { total, ...options }),
    completePart: (id, part, { leaseSeconds = DEFAULT_LEASE_SECONDS } = {}) =>
      new Completing(input, { id, part, leaseMs: leaseSeconds * 1000 }).run(),
    status: async (id, part) => {
      const { job, left } = await store.whole(id);
      return statusOf(job, left, part === undefined ? undefined : await isDone(store, { job, left, part }));
    },
    setMetadata: (id, metadata) => store.note(id, { [JobAttribute.metadata]: metadata }),
    failJob: async (id, reason) => {
      if (reason === '')
        throw new ProgressError('ARGUMENTS', 'a job fails for a reason, which is empty here');
      await store.note(id, { [JobAttribute.error]: reason });
    },
    reduceSent: (id) => store.note(id, { [JobAttribute.reduceSent]: true }),
  };
}

async function setTotal(
  { store, newId }: JobsInput,
  id: string,
  { total, setBy, isSharded: isAsked = false }: { total: number } & TotalOptions,
): Promise<TotalPlan> {
  checkTotal(total);
  for (;;) {
    const { job, left } = await store.whole(id);
    if (planTotal(job, left, { total, setBy }) === 'keep') return 'keep';
    const shardSize = needsShards(total, isAsked) ? shardSizeOf(total) : undefined;
    const round = { total, run: newId(), setBy, shardSize };
    if (await store.begin(id, job, round)) return 'begin';
  }
}

async function isDone(
  store: JobStore,
  { job, left, part }: { job: Job; left: NumberSet; part: number },
): Promise<boolean | undefined> {
  // Watchbot's helper says nothing about parts of a job that it does not know.
  if (job.total === undefined) return undefined;
  checkPart(part, job.total);
  if (!left.has(pieceOf(job, part))) return true;
  return isSharded(job) && store.isRecorded(job, part);
}

/** One call of `complete-part`. */
class Completing {
  private readonly input: JobsInput;
  private readonly asked: { id: string; part: number; leaseMs: number };
  private readonly holder: string;
  private seen: Seen = {};
  private round: { run: string | undefined; total: number | undefined } | undefined;

  constructor(input: JobsInput, asked: { id: string; part: number; leaseMs: number }) {
    this.input = input;
    this.asked = asked;
    this.holder = input.newId();
  }

  async run(): Promise<Completion> {
    checkPart(this.asked.part);
    for (;;) {
      const job = await this.look();
      const ask = this.ask();
      const step = nextStep(job, this.seen, ask);
      if (step.kind === 'answer') return step.completion;
      const completion = await this.take(step, job, ask);
      if (completion !== undefined) return completion;
    }
  }

  private ask(): Ask {
    const { part, leaseMs } = this.asked;
    return { part, leaseMs, holder: this.holder, nowMs: this.input.nowMs() };
  }

  /** Reads the job, and forgets what was seen of another round. */
  private async look(): Promise<Job> {
    const job = await this.input.store.job(this.asked.id);
    const { run, total } = job;
    if (this.round?.run !== run || this.round?.total !== total) this.seen = {};
    this.round = { run, total };
    return job;
  }

  private async take(
    step: Exclude<Step, { kind: 'answer' }>,
    job: Job,
    ask: Ask,
  ): Promise<Completion | undefined> {
    const { store, wait } = this.input;
    const { id, part } = this.asked;
    const piece = pieceOf(job, part);
    switch (step.kind) {
      case 'record':
        this.seen.isShardFull = isSharded(job) && (await store.record(job, part));
        return this.seen.isShardFull ? undefined : PARTS_LEFT;
      case 'remove':
        if (await store.remove(id, job, piece)) return PARTS_LEFT;
        break;
      case 'remove-last':
        await store.removeLast(id, job, piece);
        break;
      case 'claim': {
        const { nowMs } = ask;
        // The job says whether the lease was taken, and still is.
        await store.claim(id, job, { lease: leaseFor(ask), nowMs });
        break;
      }
      case 'wait':
        await wait(step.milliseconds);
        return undefined;
    }
    this.seen.left = await store.left(id, job);
    return undefined;
  }
}

/** What `set-total` does with an existing job. */
type TotalPlan =
  /** Nothing: parts that are done stay done. */
  | 'keep'
  /** All parts become unfinished. */
  | 'begin';

/**
 * A message is received at least once, so a total may be set twice, the second time when half of the parts are done.
 * Watchbot makes them all unfinished again, and the job ends twice, or never. Here a job that is not done goes on. A
 * job that is done or has failed begins again, as in Watchbot, unless the same message sets its total again.
 */
function planTotal(
  job: Job,
  left: NumberSet,
  { total, setBy }: { total: number; setBy: string | undefined },
): TotalPlan {
  if (job.total !== total) return 'begin';
  const isOver = left.size === 0 || job.isReduceSent || job.failed !== undefined;
  const isSameMessage = setBy !== undefined && setBy === job.setBy;
  return isOver && !isSameMessage ? 'begin' : 'keep';
}

/** @param isSharded whether the caller wants shards; above what one item can hold, they are always used */
const needsShards = (total: number, isSharded: boolean): boolean => isSharded || total > MOST_IN_ONE_ITEM;

/** What Watchbot's helper prints, in its order of keys. */
export interface Status {
  /** From 0 to 1, cut to two decimals, so that it is 1 only when every part is done. */
  progress: number;
  /** Why it failed. */
  failed?: string;
  metadata?: Value;
  /** If a part was asked for. */
  partComplete?: boolean;
  reduceSent?: true;
}

/**
 * @param left what is unfinished: parts or, in a job of shards, shards. A shard counts only when it is full, so
 *   progress lags behind by the parts in shards that are not.
 */
function statusOf(job: Job, left: NumberSet, isPartComplete?: boolean): Status {
  return {
    progress: progressOf(job, left),
    ...(job.failed === undefined ? {} : { failed: job.failed }),
    ...(job.metadata === undefined ? {} : { metadata: job.metadata }),
    ...(isPartComplete === undefined ? {} : { partComplete: isPartComplete }),
    ...(job.isReduceSent ? { reduceSent: true } : {}),
  };
}

function progressOf({ total, shardSize }: Job, left: NumberSet): number {
  if (total === undefined) return 0;
  const done = total - unfinished({ total, shardSize }, left);
  // The division comes last, so that whole numbers stay whole: 29 of 100 is 0.29, while 0.29 * 100 is not 29.
  return Math.floor((done * 100) / total) / 100;
}

function unfinished(
  { total, shardSize }: { total: number; shardSize: number | undefined },
  left: NumberSet,
): number {
  if (shardSize === undefined) return left.size;
  let parts = 0;
  for (const shard of left) parts += partsIn(shard, { total, shardSize });
  return parts;
}
