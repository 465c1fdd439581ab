import type { Random } from '../../src/features/simulate/load';

/**
 * What goes wrong, and when.
 * - `slow`: calls of SQS take seconds. `throttled`, `failing`: a share of them is refused. `partial`: a share of the
 *   entries of a batch. `deaf`: SQS does what it is asked, and the answer is lost. `cut`: nothing goes through.
 *   `doubled`: it gives a share of messages a second time, though they are hidden.
 * - `ecs`: ECS itself cannot be asked for the service. `agent`: the ECS agent is away. `agentSlow`: it takes a second or two.
 * - `stands`: a task's process stands still, and its clock with it, for as long as the fault lasts.
 * - `sick`: no worker can be started. `full`: no task can be placed.
 */
export type FaultKind =
  | 'slow'
  | 'throttled'
  | 'failing'
  | 'partial'
  | 'deaf'
  | 'cut'
  | 'doubled'
  | 'ecs'
  | 'agent'
  | 'agentSlow'
  | 'stands'
  | 'sick'
  | 'full';

export interface Fault {
  kind: FaultKind;
  fromMs: number;
  toMs: number;
  /** Of calls, entries, or tasks. */
  share: number;
}

/** What happens to one task at a moment: SIGKILL of all, Spot, StopTask, or a clock that is set. */
export interface Strike {
  kind: 'kill' | 'spot' | 'stop-task' | 'stand';
  atMs: number;
  /** How many running tasks. */
  tasks: number;
  /** How long it stands. */
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

  /** Whether it meets this call, or entry. */
  hits(kind: FaultKind): boolean {
    const fault = this.active(kind);
    return fault !== undefined && this.random.next() < fault.share;
  }

  /** Whether it meets this task, as long as it lasts. */
  hitsTask(kind: FaultKind, task: number): boolean {
    const fault = this.active(kind);
    return fault !== undefined && isHit(fault, task);
  }

  /** Whether it has met this task, or is at it. */
  hasHitTask(kind: FaultKind, task: number): boolean {
    return this.faults.some(
      (fault) => fault.kind === kind && fault.fromMs <= this.now() && isHit(fault, task),
    );
  }

  active(kind: FaultKind): Fault | undefined {
    const nowMs = this.now();
    return this.faults.find((fault) => fault.kind === kind && fault.fromMs <= nowMs && nowMs < fault.toMs);
  }

  /** Whether one of these was there at some time since then. */
  wereSince(sinceMs: number, kinds: readonly FaultKind[]): boolean {
    const nowMs = this.now();
    return this.faults.some(
      ({ kind, fromMs, toMs }) => kinds.includes(kind) && fromMs <= nowMs && toMs >= sinceMs,
    );
  }
}

const isHit = ({ share }: Fault, task: number) => (task * 0.618_034) % 1 < share;

/** All that can make a settlement or a hold fail. */
export const OF_SQS: readonly FaultKind[] = [
  'slow',
  'throttled',
  'failing',
  'partial',
  'deaf',
  'cut',
  'doubled',
  'stands',
  'sick',
];
