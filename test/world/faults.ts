import type { Random } from '../../src/features/simulate/load';

/**
 * What can go wrong for some time.
 * - SQS: `slow`: calls take seconds. `throttled`, `failing`: it refuses a share of the calls. `partial`: it refuses a
 *   share of the entries of a batch. `answerLost`: it does what it is asked, but the answer does not arrive.
 *   `unreachable`: no call arrives. `doubled`: it delivers a share of the messages again while they are in flight.
 * - ECS: `ecsDown`: its API does not answer. `agentDown`: the ECS agent does not answer. `agentSlow`: the agent takes a
 *   second or two.
 * - `noWorkers`: the machine cannot start a worker. `noCapacity`: ECS cannot place a task.
 */
export type FaultKind =
  | 'slow'
  | 'throttled'
  | 'failing'
  | 'partial'
  | 'answerLost'
  | 'unreachable'
  | 'doubled'
  | 'ecsDown'
  | 'agentDown'
  | 'agentSlow'
  | 'noWorkers'
  | 'noCapacity';

export interface Fault {
  kind: FaultKind;
  fromMs: number;
  toMs: number;
  /** The share of calls, entries, messages or tasks that the fault hits, from 0 to 1. */
  share: number;
}

/** What happens to some running tasks at one moment: SIGKILL, a Spot interruption, StopTask, or a frozen process. */
export interface Strike {
  kind: 'kill' | 'spot' | 'stop-task' | 'freeze';
  atMs: number;
  /** How many running tasks it happens to. */
  tasks: number;
  /** How long the process is frozen. */
  forMs?: number;
}

export class Faults {
  private readonly faults: readonly Fault[];
  private readonly now: () => number;
  private readonly random: Random;

  constructor(faults: readonly Fault[], now: () => number, random: Random) {
    this.faults = faults;
    this.now = now;
    this.random = random;
  }

  /** Whether a fault of this kind hits the current call, entry or message. */
  hits(kind: FaultKind): boolean {
    const fault = this.active(kind);
    return fault !== undefined && this.random.next() < fault.share;
  }

  /** Whether a fault of this kind hits this task now. A fault hits the same tasks as long as it lasts. */
  hitsTask(kind: FaultKind, task: number): boolean {
    const fault = this.active(kind);
    return fault !== undefined && isHit(fault, task);
  }

  /** Whether a fault of this kind hits this task now, or did so before. */
  hasHitTask(kind: FaultKind, task: number): boolean {
    return this.faults.some(
      (fault) => fault.kind === kind && fault.fromMs <= this.now() && isHit(fault, task),
    );
  }

  active(kind: FaultKind): Fault | undefined {
    const nowMs = this.now();
    return this.faults.find((fault) => fault.kind === kind && fault.fromMs <= nowMs && nowMs < fault.toMs);
  }

  /** Whether a fault of one of these kinds was active at any time since then. */
  wereSince(sinceMs: number, kinds: readonly FaultKind[]): boolean {
    const nowMs = this.now();
    return this.faults.some(
      ({ kind, fromMs, toMs }) => kinds.includes(kind) && fromMs <= nowMs && toMs >= sinceMs,
    );
  }
}

const isHit = ({ share }: Fault, task: number) => (task * 0.618_034) % 1 < share;

/** Faults that can keep a message from being settled, or from staying in flight. */
export const SQS_FAULTS: readonly FaultKind[] = [
  'slow',
  'throttled',
  'failing',
  'partial',
  'answerLost',
  'unreachable',
  'doubled',
  'noWorkers',
];
