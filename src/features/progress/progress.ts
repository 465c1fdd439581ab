import { leaseFor, nextStep, pieceOf, type Ask, type Completion, type Seen, type Step } from './completion';
import { ProgressError } from './errors';
import { JobAttribute, type Job } from './job';
import { checkPart, checkTotal, shardSizeOf } from './shards';
import { statusOf, type Status } from './status';
import { isSharded, type JobStore } from './store';
import type { NumberSet, Value } from './table';
import { needsShards, planTotal, type TotalPlan } from './total';

/** Time and chance, handed in. */
export interface ProgressParts {
  store: JobStore;
  /** Milliseconds since 1970 by DynamoDB's clock, which all workers share. */
  nowMs: () => number;
  wait: (milliseconds: number) => Promise<void>;
  /** A text that nobody has had before. */
  newId: () => string;
}

export interface TotalOptions {
  /** The message by whose worker the total is set. */
  setBy?: string | undefined;
  /** Also where one item could hold the parts. Then Watchbot's own helper cannot read the job. */
  isSharded?: boolean | undefined;
}

export interface CompleteOptions {
  /** How long the answer `true` is one worker's alone. */
  leaseSeconds?: number | undefined;
}

/** Enough for a message to be sent, also by a program that is slow to start. */
export const DEFAULT_LEASE_SECONDS = 300;

const PARTS_LEFT: Completion = { outcome: 'parts-left', isComplete: false };

/** What workers ask of a job. Each may throw a `ProgressError`, and can be asked again after any failure. */
export interface Jobs {
  setTotal(id: string, total: number, options?: TotalOptions): Promise<TotalPlan>;
  completePart(id: string, part: number, options?: CompleteOptions): Promise<Completion>;
  status(id: string, part?: number): Promise<Status>;
  setMetadata(id: string, metadata: Value): Promise<void>;
  failJob(id: string, reason: string): Promise<void>;
  reduceSent(id: string): Promise<void>;
}

export function createJobs(parts: ProgressParts): Jobs {
  const { store } = parts;
  return {
    setTotal: (id, total, options = {}) => setTotal(parts, id, { total, ...options }),
    completePart: (id, part, { leaseSeconds = DEFAULT_LEASE_SECONDS } = {}) =>
      new Completing(parts, { id, part, leaseMs: leaseSeconds * 1000 }).run(),
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
  { store, newId }: ProgressParts,
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
  // Watchbot's helper says nothing of parts where it knows of no job.
  if (job.total === undefined) return undefined;
  checkPart(part, job.total);
  if (!left.has(pieceOf(job, part))) return true;
  return isSharded(job) && store.isRecorded(job, part);
}

/** One call of `complete-part`. */
class Completing {
  private readonly parts: ProgressParts;
  private readonly asked: { id: string; part: number; leaseMs: number };
  private readonly holder: string;
  private seen: Seen = {};
  private round: { run: string | undefined; total: number | undefined } | undefined;

  constructor(parts: ProgressParts, asked: { id: string; part: number; leaseMs: number }) {
    this.parts = parts;
    this.asked = asked;
    this.holder = parts.newId();
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
    return { part, leaseMs, holder: this.holder, nowMs: this.parts.nowMs() };
  }

  /** What was seen of another round is of no use. */
  private async look(): Promise<Job> {
    const job = await this.parts.store.job(this.asked.id);
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
    const { store, wait } = this.parts;
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
        // Whether it was taken, and still is, the job says.
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
