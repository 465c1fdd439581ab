import type { Timeline } from './timeline';

/** What must hold in each world, and how it reads where it does not. */
export const INVARIANTS = {
  lost: 'a message is deleted before its job has ended, or is neither done nor dead nor in the queue at the end',
  twice: 'a job begins again, and nothing that the world knows is the reason',
  order: 'a message of a group begins before the one that was sent before it has come to its end',
  deadUntried: 'a message of a standard queue becomes a dead letter by a receive in which it was not tried',
  neverTried: 'a message becomes a dead letter, and no job of it has ever begun',
  unfinished: 'there is still work when the time is over',
  protectedStopped: 'ECS stops a task that is protected from it',
  cutByScaling: 'scale-in ends a job before its time',
  cutUnprotected:
    'scale-in or a deploy ends a job before its time, in a task that can or could not reach its agent or ECS',
  cutByDeploy: 'a deploy ends a job before its time',
  refused: 'scale-in brings about that ECS refuses protection to a task that has a message in hand',
  deployEnds: 'a deploy is not over within its bound',
  rolledBack: 'CloudFormation rolls back a deploy of a version that works',
  half: 'less than half of the tasks are at work while a deploy is under way',
  retires: 'a task that is to retire takes more messages',
  calls: 'a task calls SQS, or the agent, more often than what it does is worth',
  balance: 'the model of SQS has lost count of its messages',
} as const;

export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  count: number;
  /** Of the first. */
  atMs: number;
  text: string;
}

/** Collects what did not hold: the first of each kind, and how many. */
export class Violations {
  readonly found = new Map<Invariant, Violation>();
  private readonly timeline: Timeline;
  private readonly now: () => number;

  constructor(timeline: Timeline, now: () => number) {
    this.timeline = timeline;
    this.now = now;
  }

  add(invariant: Invariant, text: string): void {
    this.timeline.tell(() => `!! ${invariant}: ${text}`);
    const before = this.found.get(invariant);
    if (before === undefined) this.found.set(invariant, { count: 1, atMs: this.now(), text });
    else before.count += 1;
  }

  count(invariant: Invariant): number {
    return this.found.get(invariant)?.count ?? 0;
  }
}
