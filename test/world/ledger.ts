import type { Decision } from '../../src/watcher/outcome/decide';
import type { StopReason } from '../../src/watcher/worker/run-worker';
import type { StopCause } from './ecs';
import type { Violations } from './invariants';

/** A message as it was sent, and what its job is to do. */
export interface Planned {
  atMs: number;
  durationMs: number;
  /** Exit codes of its tries, one after the other; the last goes on. */
  codes: readonly number[];
  group?: number | undefined;
  /** Whether it ends when it is told to, or has to be killed. */
  obeys: boolean;
}

/** All that became of one message, its copies included. */
interface Entry {
  planned: Planned;
  /** In the queue, copies of it. */
  live: number;
  begins: number;
  running: number;
  isDone: boolean;
  isDead: boolean;
  firstBeginMs: number;
  /** Why it may begin again, for each time that it may: a copy may be there beside what it is a copy of. */
  reasons: string[];
  /** Another of it is there: that its copy was sent, or itself deleted, was not heard of, or SQS has given it twice. */
  hasTwin: boolean;
  /** Who had it last, and when its job ended. */
  holder: Holder | undefined;
  endedAtMs: number;
  lastEnd: Decision['result'] | 'cut' | undefined;
  isSettled: boolean;
}

/** Of a message, and its copy. */
const MOST_REASONS = 2;
const SETTLED_WITHIN_MS = 30_000;
const EXPIRED = 'it was held no longer';

export interface Holder {
  readonly name: string;
  /** Why it is being stopped, if it is. */
  readonly stopCause: StopCause | undefined;
  /** Something that explains what it does late, or twice, or not. */
  readonly isTroubled: boolean;
  /** Else nothing protects it. */
  readonly hasAgent: boolean;
  /** Else it does not know that tasks of an older version are still protected, and works without protection. */
  readonly canAskEcs: boolean;
  /** When it was killed, or stood still; who ends by itself settles first. */
  readonly interruptedAtMs: readonly number[];
}

/** Every message's sends, begins, ends and settlements; it says what is wrong with them. */
export class Ledger {
  sent = 0;
  done = 0;
  dead = 0;
  begins = 0;
  /** Begun again with a reason. */
  repeats = 0;
  readonly waitsMs: number[] = [];
  /** Work that was thrown away: of jobs that were cut. */
  wastedMs = 0;
  readonly wastedMsBy: Partial<Record<StopCause, number>> = {};
  private settled = 0;
  private readonly entries: Entry[];
  private readonly violations: Violations;
  private readonly now: () => number;
  /** By group, the first message that has not come to its end. */
  private readonly heads = new Map<number, number[]>();

  constructor(planned: readonly Planned[], violations: Violations, now: () => number) {
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
      const line = this.heads.get(group);
      if (line === undefined) this.heads.set(group, [number]);
      else line.push(number);
    });
  }

  get areAllSettled(): boolean {
    return this.settled === this.entries.length;
  }

  planned(number: number): Planned {
    return this.entries[number]!.planned;
  }

  /** By a sender, or, as a copy, by a watcher. */
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
      this.violations.add('twice', `message ${number} begins again in ${holder.name}`);
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
    more: { decision: Decision; told: StopReason | undefined; ranMs: number },
  ): void {
    const { decision, told, ranMs } = more;
    const entry = this.entries[number]!;
    entry.running -= 1;
    entry.lastEnd = decision.result;
    entry.endedAtMs = this.now();
    if (decision.settlement.action === 'delete') entry.isDone = true;
    else this.excuse(number, decision.reason);
    if (told === 'shutdown') this.cut(number, holder, ranMs);
  }

  /** It was at work, and is no more. */
  die(number: number, holder: Holder, ranMs: number): void {
    const entry = this.entries[number]!;
    entry.running -= 1;
    entry.lastEnd = 'cut';
    this.excuse(number, `${holder.name} is gone`);
    this.cut(number, holder, ranMs);
  }

  /** It may begin once more: its job has not ended, or something that the world did went wrong with its settlement or hold. */
  excuse(number: number, reason: string, { mayHaveTwin = false } = {}): void {
    const entry = this.entries[number]!;
    if (entry.reasons.length < MOST_REASONS) entry.reasons.push(reason);
    if (mayHaveTwin || entry.live > 1) entry.hasTwin = true;
  }

  /** Hidden no longer, although its worker runs, or ran then: SQS looks only when it is asked for messages. */
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

  /** Where the world kept it from being sent anew, it is excused. */
  private checkDeadLetter(number: number, entry: Entry): void {
    const { lastEnd, reasons, hasTwin, isDone } = entry;
    const isTold = lastEnd === 'released' || lastEnd === 'noop';
    if (isTold && reasons.length < MOST_REASONS && !hasTwin && !isDone)
      this.violations.add('deadUntried', `message ${number}, after ${lastEnd}: ${reasons.join(', ')}`);
  }

  /** What was given to somebody who could not be answered was received, too. */
  private checkTried(number: number, { begins, reasons }: Entry): void {
    if (begins === 0 && reasons.length === 0) this.violations.add('neverTried', `message ${number}`);
  }

  /** At the end of the world. */
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
    // Between the end of its job and its deletion.
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
    const line = this.heads.get(group)!;
    while (line.length > 0 && this.isOver(line[0]!)) line.shift();
    if (line.length === 0 || line[0]! >= number || reasons.length > 0 || holder.isTroubled) return;
    this.violations.add('order', `message ${number} begins before ${line[0]!}, both of group ${group}`);
  }

  private isOver(number: number): boolean {
    const { isDone, isDead, isSettled } = this.entries[number]!;
    return isDone || isDead || isSettled;
  }
}
