import { createJobs, type Jobs } from '../../../src/features/progress/jobs';
import { JobStore, type Change, type Table } from '../../../src/features/progress/store';

/**
 * A job's workers, with all that a queue may do to them: messages are received again, and twice at once; workers end
 * between any two calls of the table; and an answer of the table may be lost. Chance decides what happens next. Each
 * decision is a number, so that a failure can be repeated and reduced.
 */

const LEASE_SECONDS = 5;
const LEASE_MS = LEASE_SECONDS * 1000;

/** How the parts are kept: as Watchbot's helper wrote them, in the job's item, or in shards of two. */
export type Format = 'watchbot' | 'one-item' | 'shards';

export interface World {
  table: Table;
  jobId: string;
  total: number;
  format: Format;
  /** Some worker says that the job has failed. */
  mayFail: boolean;
}

/** An answer `true`. */
interface Grant {
  part: number;
  atMs: number;
  /** The worker ended, or was slower than its lease, before it had said that the message was sent. */
  isExcused: boolean;
  hasSent: boolean;
}

export interface Report {
  grants: Grant[];
  /** What must never happen, in words. */
  wrongs: string[];
  isReduceSent: boolean;
  hasFailed: boolean;
}

/** One may be received several times at once. */
interface Message {
  part: number;
  isDeleted: boolean;
}

/** What a worker is about to do. The simulation decides whether it gets the answer. */
type Turn = (isAnswered: boolean) => Promise<void>;

interface Worker {
  message: Message;
  turn: Turn | undefined;
  /** By the simulation's clock; a worker that waits has no turn before. */
  sleepsUntilMs: number;
  hasEnded: boolean;
  grant: Grant | undefined;
}

type Happening = (chance: number) => unknown;

/** Not a part: the message that splits, and the worker that gives the job up. */
const SPLIT = 0;
const GIVE_UP = -1;
const MOST_WORKERS = 6;

/** With more of them, no worker would get far. */
const ACCIDENT_EVERY = 8;

const messageOf = (part: number): Message => ({ part, isDeleted: false });

export class Simulation {
  readonly report: Report = {
    grants: [],
    wrongs: [],
    isReduceSent: false,
    hasFailed: false,
  };
  private readonly world: World;
  private readonly waiting: Message[] = [];
  private readonly begun = new Set<number>();
  private workers: Worker[] = [];
  private nowMs = 1_000_000;
  private ids = 0;

  constructor(world: World) {
    this.world = world;
    this.waiting.push(messageOf(SPLIT), ...(world.mayFail ? [messageOf(GIVE_UP)] : []));
  }

  /** Plays the decisions, and then goes on without accidents until every message is deleted. */
  async play(decisions: readonly number[]): Promise<Report> {
    for (const decision of decisions) {
      const happenings = decision % ACCIDENT_EVERY === 0 ? this.accidents() : this.steps();
      const chance = Math.floor(decision / ACCIDENT_EVERY);
      await happenings[chance % happenings.length]?.(Math.floor(chance / happenings.length));
      await settle();
    }
    for (let round = 0; this.waiting.length > 0 || this.workers.length > 0; round += 1) {
      if (round > 10_000) throw new Error('the job never ends');
      const happenings = this.steps();
      if (happenings.length === 0) this.nowMs += 1_000;
      else await happenings[round % happenings.length]!(0);
      await settle();
    }
    return this.report;
  }

  private steps(): Happening[] {
    const list: Happening[] = this.ready().map((worker) => () => this.take(worker));
    if (this.waiting.length > 0 && this.workers.length < MOST_WORKERS) {
      list.push((chance) => void this.receive(chance % this.waiting.length));
    }
    return list;
  }

  private accidents(): Happening[] {
    const loseAnswer = (worker: Worker) => (chance: number) => this.loseAnswer(worker, chance % 2 === 0);
    return [
      (chance) => (this.nowMs += [10, 900, 3_000, LEASE_MS][chance % 4]!),
      (chance) => void this.receiveTwice(chance),
      ...this.workers.map((worker) => () => void this.crash(worker)),
      ...this.ready().map(loseAnswer),
    ];
  }

  private ready(): Worker[] {
    return this.workers.filter(
      ({ turn, sleepsUntilMs }) => turn !== undefined && sleepsUntilMs <= this.nowMs,
    );
  }

  private async take(worker: Worker): Promise<void> {
    const { turn } = worker;
    worker.turn = undefined;
    await turn?.(true);
  }

  /** The table did it, but the worker does not know: it calls again, or has ended. */
  private async loseAnswer(worker: Worker, hasEnded: boolean): Promise<void> {
    await worker.turn?.(false);
    if (hasEnded) this.crash(worker);
  }

  private receive(index: number): void {
    const [message] = this.waiting.splice(index, 1);
    this.start(message!);
  }

  /** Its visibility timeout has ended, while its worker goes on. */
  private receiveTwice(chance: number): void {
    const worker = this.workers[chance % this.workers.length];
    if (worker !== undefined && this.workers.length < MOST_WORKERS) this.start(worker.message);
  }

  private crash(worker: Worker): void {
    if (worker.grant !== undefined) worker.grant.isExcused = true;
    this.end(worker);
    if (!worker.message.isDeleted) this.waiting.push(worker.message);
  }

  private end(worker: Worker): void {
    worker.hasEnded = true;
    this.workers = this.workers.filter((other) => other !== worker);
  }

  private start(message: Message): void {
    const worker: Worker = {
      message,
      turn: undefined,
      sleepsUntilMs: 0,
      hasEnded: false,
      grant: undefined,
    };
    this.workers.push(worker);
    this.work(worker).then(
      () => {
        if (worker.hasEnded) return;
        this.end(worker);
        message.isDeleted = true;
      },
      (error: unknown) => {
        if (!worker.hasEnded) this.report.wrongs.push(`a worker of ${message.part} failed: ${String(error)}`);
        this.end(worker);
      },
    );
  }

  private async work(worker: Worker): Promise<void> {
    const { jobId } = this.world;
    const { part } = worker.message;
    const jobs = this.jobsOf(worker);
    if (part === SPLIT) return this.split(worker, jobs);
    if (part === GIVE_UP) {
      await jobs.failJob(jobId, 'given up');
      return;
    }
    this.begun.add(part);
    const { isComplete } = await jobs.completePart(jobId, part, { leaseSeconds: LEASE_SECONDS });
    if (!isComplete || worker.hasEnded) return;
    const grant = this.grant(worker);
    await this.turnOf(worker, () => Promise.resolve((grant.hasSent = true)));
    await jobs.reduceSent(jobId);
  }

  private async split(worker: Worker, jobs: Jobs): Promise<void> {
    const { table, jobId, total, format } = this.world;
    const store = new JobStore(this.tableOf(worker), () => this.nowMs);
    const job = await store.job(jobId);
    if (job.total === undefined && format === 'watchbot') {
      await this.turnOf(worker, async () => {
        const parts = new Set(Array.from({ length: total }, (_, index) => index + 1));
        await table.update({
          id: jobId,
          set: { parts, total },
          when: [{ kind: 'absent', name: 'total' }],
        });
      });
    } else if (job.total === undefined && format === 'shards') {
      this.ids += 1;
      await store.begin(jobId, job, { total, run: `${jobId}-${this.ids}`, setBy: 'split', shardSize: 2 });
    } else if (format !== 'watchbot') await jobs.setTotal(jobId, total, { setBy: 'split' });
    for (let part = 1; part <= total; part += 1) {
      await this.turnOf(worker, () => Promise.resolve(this.waiting.push(messageOf(part))));
    }
  }

  private jobsOf(worker: Worker): Jobs {
    // Dates of answers are whole seconds.
    const nowMs = () => Math.floor(this.nowMs / 1000) * 1000;
    return createJobs({
      store: new JobStore(this.tableOf(worker), nowMs),
      nowMs,
      wait: async (milliseconds) => {
        worker.sleepsUntilMs = this.nowMs + milliseconds;
        await this.turnOf(worker, () => Promise.resolve());
        worker.sleepsUntilMs = 0;
      },
      newId: () => `${this.world.jobId}-${(this.ids += 1)}`,
    });
  }

  private tableOf(worker: Worker): Table {
    const { table } = this.world;
    return {
      read: (id, names) => this.turnOf(worker, () => table.read(id, names)),
      update: (change) =>
        this.turnOf(worker, async () => {
          const changed = await table.update(change);
          if (changed.isDone) this.watch(change);
          return changed;
        }),
    };
  }

  /** What the table has accepted, whether its answer arrives or not. */
  private watch({ set = {} }: Change): void {
    const { report } = this;
    if (set.reduceSent === true) report.isReduceSent = true;
    if (set.error !== undefined) report.hasFailed = true;
  }

  private grant(worker: Worker): Grant {
    const { report, nowMs, begun, world } = this;
    const last = report.grants.at(-1);
    if (last !== undefined && nowMs < last.atMs + LEASE_MS) {
      report.wrongs.push(`two leases at once, of parts ${last.part} and ${worker.message.part}`);
    } else if (last !== undefined) last.isExcused = true;
    if (report.isReduceSent) report.wrongs.push('`true` after the reduce message was said to be sent');
    if (report.hasFailed) report.wrongs.push('`true` of a job that has failed');
    if (begun.size < world.total) report.wrongs.push(`\`true\` after ${begun.size} parts were begun`);
    worker.grant = { part: worker.message.part, atMs: nowMs, isExcused: false, hasSent: false };
    report.grants.push(worker.grant);
    return worker.grant;
  }

  /** Waits for its turn, makes the call, and gives its result; never, if the worker has ended meanwhile. */
  private turnOf<Result>(worker: Worker, run: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (worker.hasEnded) return;
      worker.turn = async (isAnswered) => {
        const result = run();
        await (isAnswered ? result.then(resolve, reject) : result);
      };
    });
  }
}

/** A worker that got an answer goes on until its next turn: there is nothing else that it could wait for. */
const settle = () => new Promise((resolve) => void setImmediate(resolve));
