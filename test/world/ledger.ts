import type { Decision } from '../../src/watcher/settle/decide';
import type { StopReason } from '../../src/watcher/worker/run-worker';
import type { StopCause } from './ecs';
import type { Violations } from './invariants';

/** A message that will be sent, and what its job will do. */
export interface PlannedMessage {
  atMs: number;
  durationMs: number;
  /** Exit code of each try, in order. The last one repeats. */
  codes: readonly number[];
  group?: number | undefined;
  /** Whether the worker ends on SIGTERM; otherwise it has to be killed. */
  obeys: boolean;
}

/** What happened to one message and its copies so far. */
interface Entry {
  planned: PlannedMessage;
  /** How many copies of the message are in the queue or in flight. */
  live: number;
  begins: number;
  running: number;
  isDone: boolean;
  isDead: boolean;
  firstBeginMs: number;
  /** One reason for each time that the job may begin again: a message and its copy can both be in the queue. */
  reasons: string[];
  /**
   * A second copy may exist: SQS delivered the message twice, or the answer to the send of its copy, or to its
   * deletion, was lost.
   */
  hasTwin: boolean;
  /** The task that began its last job. */
  holder: Holder | undefined;
  /** When its last job ended. */
  endedAtMs: number;
  lastEnd: Decision['result'] | 'cut' | undefined;
  isSettled: boolean;
}

/** A message and one copy of it can be in the queue, so at most two repeats can have a reason. */
const MOST_REASONS = 2;
/** How long after the end of a job its message may still be unsettled: a task killed meanwhile explains a repeat. */
const SETTLED_WITHIN_MS = 30_000;
const EXPIRED = 'its visibility timeout had expired';

/** A task, as far as the ledger asks it. */
export interface Holder {
  readonly name: string;
  /** Why ECS is stopping the task, if it is. */
  readonly stopCause: StopCause | undefined;
  /** Whether a fault explains that the task does something late, twice or not at all. */
  readonly isTroubled: boolean;
  /** Whether the task could always reach its agent. If not, nothing protects the task. */
  readonly hasAgent: boolean;
  /**
   * Whether the task could always ask ECS. If not, it cannot know that tasks of an older version are still protected,
   * and works without protection.
   */
  readonly canAskEcs: boolean;
  /** When the task was killed or frozen. A task that ends by itself settles its messages first, and is not listed. */
  readonly interruptedAtMs: readonly number[];
}

/** Records when each message is sent, begun, ended and settled, and reports what must not happen. */
export class Ledger {
  sent = 0;
  done = 0;
  dead = 0;
  begins = 0;
  /** Jobs that began again for a reason. */
  repeats = 0;
  readonly waitsMs: number[] = [];
  /** From the receive of each message to the begin of its job. */
  readonly heldMs: number[] = [];
  /** How long jobs had run that were cut short. */
  wastedMs = 0;
  readonly wastedMsBy: Partial<Record<StopCause, number>> = {};
  private settled = 0;
  private readonly entries: Entry[];
  private readonly violations: Violations;
  private readonly now: () => number;
  /** The messages of each group that may be unfinished, in order. */
  private readonly lines = new Map<number, number[]>();

  constructor(planned: readonly PlannedMessage[], violations: Violations, now: () => number) {
    this.violations = violations;
    this.now = now;
    this.entries = planned.map((each) => ({
      planned: each,
      live: 0,
      begins: 0,
      running: 0,
      isDone: false,
      isDead: false,
      firstBeginMs: 0,
      reasons: [],
      hasTwin: false,
      holder: undefined,
      endedAtMs: 0,
      lastEnd: undefined,
      isSettled: false,
    }));
    planned.forEach(({ group }, number) => {
      if (group === undefined) return;
      const line = this.lines.get(group);
      if (line === undefined) this.lines.set(group, [number]);
      else line.push(number);
    });
  }

  get areAllSettled(): boolean {
    return this.settled === this.entries.length;
  }

  planned(number: number): PlannedMessage {
    return this.entries[number]!.planned;
  }

  /** A sender sends the message, or a watcher sends a copy of it. */
  send(number: number): void {
    const entry = this.entries[number]!;
    if (entry.begins === 0 && entry.live === 0) this.sent += 1;
    entry.live += 1;
  }

  /** @returns the exit code of this try */
  begin(number: number, holder: Holder): number {
    const entry = this.entries[number]!;
    this.begins += 1;
    if (entry.begins === 0) {
      entry.firstBeginMs = this.now();
      this.waitsMs.push(this.now() - entry.planned.atMs);
    } else if (!this.mayBeginAgain(entry, holder)) {
      this.violations.add('startedTwice', `message ${number} begins again in ${holder.name}`);
    } else this.repeats += 1;
    this.checkOrder(number, entry, holder);
    const code = entry.planned.codes[Math.min(entry.begins, entry.planned.codes.length - 1)]!;
    entry.reasons.shift();
    entry.begins += 1;
    entry.running += 1;
    entry.holder = holder;
    return code;
  }

  end(
    number: number,
    holder: Holder,
    more: { decision: Decision; stopped: StopReason | undefined; ranMs: number },
  ): void {
    const { decision, stopped, ranMs } = more;
    const entry = this.entries[number]!;
    entry.running -= 1;
    entry.lastEnd = decision.result;
    entry.endedAtMs = this.now();
    if (decision.settlement.action === 'delete') entry.isDone = true;
    else this.excuse(number, decision.reason);
    if (stopped === 'shutdown') this.cut(number, holder, ranMs);
  }

  /** The task ended while the job was running. */
  die(number: number, holder: Holder, ranMs: number): void {
    const entry = this.entries[number]!;
    entry.running -= 1;
    entry.lastEnd = 'cut';
    this.excuse(number, `${holder.name} is gone`);
    this.cut(number, holder, ranMs);
  }

  /**
   * Allows the job to begin once more: it has not succeeded, or a fault kept its message from being settled or hidden.
   */
  excuse(number: number, reason: string, { mayHaveTwin = false } = {}): void {
    const entry = this.entries[number]!;
    if (entry.reasons.length < MOST_REASONS) entry.reasons.push(reason);
    if (mayHaveTwin || entry.live > 1) entry.hasTwin = true;
  }

  /**
   * The message's visibility timeout expired at `atMs`. If the worker was still running then, and a fault explains why
   * the timeout was not extended, the job may begin again. The queue notices the expiry late, at the next call.
   */
  expire(number: number, holder: Holder | undefined, atMs: number): void {
    const entry = this.entries[number]!;
    if ((entry.running > 0 || entry.endedAtMs >= atMs) && holder?.isTroubled !== false)
      this.excuse(number, EXPIRED);
  }

  delete(number: number, holder: Holder): void {
    const entry = this.entries[number]!;
    entry.live -= 1;
    if (entry.live === 0 && !entry.isDone)
      this.violations.add(
        'lost',
        `message ${number} is deleted by ${holder.name}, and its job has not ended`,
      );
    this.settle(entry);
  }

  becomeDead(number: number, isFifo: boolean, last: Holder | undefined): void {
    const entry = this.entries[number]!;
    entry.live -= 1;
    entry.isDead = true;
    this.dead += 1;
    if (!isFifo) this.checkDeadLetter(number, entry);
    if (last?.isTroubled !== true) this.checkTried(number, entry);
    this.settle(entry);
  }

  /** A message that was released or left unfinished must be sent anew, unless a fault kept the watcher from it. */
  private checkDeadLetter(number: number, entry: Entry): void {
    const { lastEnd, reasons, hasTwin, isDone } = entry;
    const isUntried = lastEnd === 'released' || lastEnd === 'noop';
    if (isUntried && reasons.length < MOST_REASONS && !hasTwin && !isDone)
      this.violations.add('deadUntried', `message ${number}, after ${lastEnd}: ${reasons.join(', ')}`);
  }

  /** Each message is tried before it is dead, unless an answer of SQS was lost: that receive counts, too. */
  private checkTried(number: number, { begins, reasons }: Entry): void {
    if (begins === 0 && reasons.length === 0) this.violations.add('neverTried', `message ${number}`);
  }

  /** Checks, at the end of the world, that no message is lost and none is left. */
  close({ canWork }: { canWork: boolean }): void {
    this.entries.forEach((entry, number) => {
      if (!entry.isSettled && entry.live === 0 && entry.planned.atMs <= this.now())
        this.violations.add('lost', `message ${number} is nowhere`);
    });
    const left = this.entries.filter(
      ({ isSettled, planned: { atMs } }) => !isSettled && atMs <= this.now(),
    ).length;
    if (left > 0 && canWork)
      this.violations.add('unfinished', `${left} messages of ${this.entries.length} are not done`);
  }

  private mayBeginAgain({ reasons, hasTwin, holder: last, endedAtMs }: Entry, holder: Holder): boolean {
    // The task was interrupted between the end of its job and the deletion of the message.
    const wasKilled = last?.interruptedAtMs.some(
      (atMs) => atMs >= endedAtMs && atMs - endedAtMs < SETTLED_WITHIN_MS,
    );
    return reasons.length > 0 || hasTwin || holder.isTroubled || wasKilled === true;
  }

  private settle(entry: Entry): void {
    if (entry.live > 0 || entry.isSettled) return;
    entry.isSettled = true;
    this.settled += 1;
    if (entry.isDone) this.done += 1;
  }

  private cut(number: number, holder: Holder, ranMs: number): void {
    this.wastedMs += ranMs;
    const cause = holder.stopCause ?? 'gone';
    this.wastedMsBy[cause] = (this.wastedMsBy[cause] ?? 0) + ranMs;
    const { durationMs } = this.planned(number);
    const text = `message ${number} in ${holder.name}, after ${Math.round(ranMs / 1000)} s of ${Math.round(durationMs / 1000)} s`;
    const isHelpless = !holder.hasAgent || !holder.canAskEcs;
    if (holder.stopCause === 'scale-in')
      this.violations.add(isHelpless ? 'cutUnprotected' : 'cutByScaling', text);
    if (holder.stopCause === 'deploy')
      this.violations.add(isHelpless ? 'cutUnprotected' : 'cutByDeploy', text);
  }

  private checkOrder(number: number, { planned: { group }, reasons }: Entry, holder: Holder): void {
    if (group === undefined) return;
    const line = this.lines.get(group)!;
    while (line.length > 0 && this.isOver(line[0]!)) line.shift();
    if (line.length === 0 || line[0]! >= number || reasons.length > 0 || holder.isTroubled) return;
    this.violations.add('outOfOrder', `message ${number} begins before ${line[0]!}, both of group ${group}`);
  }

  private isOver(number: number): boolean {
    const { isDone, isDead, isSettled } = this.entries[number]!;
    return isDone || isDead || isSettled;
  }
}
