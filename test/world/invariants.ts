import type { Timeline } from './timeline';

/** What must hold in each world. The text says what is wrong if it does not hold. */
export const INVARIANTS = {
  lost: 'a message is deleted before its job has ended, or is neither done nor dead nor in the queue at the end',
  startedTwice: 'a job begins again, and nothing that happened in the world is the reason',
  outOfOrder: 'a message of a group begins before the previous message of the group is done or dead',
  deadUntried:
    'a message of a standard queue becomes a dead letter although no worker was started in its last receive',
  neverTried: 'a message becomes a dead letter although no job of it has ever begun',
  unfinished: 'there is still work when the time is over',
  protectedStopped: 'ECS stops a protected task for a scale-in or a deploy',
  cutByScaling: 'scale-in cuts a job short',
  cutUnprotected:
    'scale-in or a deploy cuts a job short, in a task that cannot reach its agent or ECS, or could not for some time',
  cutByDeploy: 'a deploy cuts a job short',
  protectionRefused: 'because of a scale-in, ECS refuses protection to a task that has a job',
  deployTooLong: 'a deploy takes longer than its bound',
  rolledBack: 'CloudFormation rolls back a deploy of a version that works',
  tooFewAtWork: 'less than half of the tasks work during a deploy',
  notRetired: 'a task that should retire takes more messages',
  tooManyCalls: 'a task calls SQS, ECS or its agent more often than its work explains',
  miscounted: 'the model of SQS has lost count of its messages',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  count: number;
  /** When the invariant was first violated. */
  atMs: number;
  /** What happened the first time. */
  text: string;
}

/** Collects the violated invariants: for each, the first violation and their number. */
export class Violations {
  readonly found = new Map<Invariant, Violation>();
  private readonly timeline: Timeline;
  private readonly now: () => number;

  constructor(timeline: Timeline, now: () => number) {
    this.timeline = timeline;
    this.now = now;
  }

  add(invariant: Invariant, text: string): void {
    this.timeline.add(() => `!! ${invariant}: ${text}`);
    const before = this.found.get(invariant);
    if (before === undefined) this.found.set(invariant, { count: 1, atMs: this.now(), text });
    else before.count += 1;
  }

  count(invariant: Invariant): number {
    return this.found.get(invariant)?.count ?? 0;
  }
}
