import { SERVICE_WAIT_SECONDS } from '../../src/scaling/aws/ecs';
import type { WorldClock } from './clock';
import type { Deployment, EcsService, Version } from './ecs';
import type { Timeline } from './timeline';

/** One deploy of the stack. */
export interface StackUpdate {
  version: Version;
  startedAtMs: number;
  endedAtMs: number | undefined;
  state:
    | 'UPDATE_IN_PROGRESS'
    | 'UPDATE_COMPLETE'
    | 'UPDATE_ROLLBACK_IN_PROGRESS'
    | 'UPDATE_ROLLBACK_COMPLETE'
    | 'UPDATE_ROLLBACK_FAILED';
  /** Why it is rolled back. */
  reason: string | undefined;
  /** When the rollback began. */
  failedAtMs: number | undefined;
}

/** How often CloudFormation asks ECS whether the deployment is complete. */
const POLL_MS = 10_000;

/** CloudFormation's part in a deploy: it updates the service, waits for it, and rolls back if it fails. */
export class Stack {
  readonly updates: StackUpdate[] = [];
  private readonly clock: WorldClock;
  private readonly service: EcsService;
  private readonly timeline: Timeline;
  private version: Version;

  constructor(version: Version, deps: { clock: WorldClock; service: EcsService; timeline: Timeline }) {
    this.version = version;
    this.clock = deps.clock;
    this.service = deps.service;
    this.timeline = deps.timeline;
  }

  get isBusy(): boolean {
    return this.updates.at(-1)?.state.endsWith('_IN_PROGRESS') ?? false;
  }

  /** @returns undefined if an update is in progress: a stack takes one at a time */
  deploy(version: Version): StackUpdate | undefined {
    if (this.isBusy) return undefined;
    this.timeline.add(() => `deploy of ${version.name}`);
    const update: StackUpdate = {
      version,
      startedAtMs: this.clock.now(),
      endedAtMs: undefined,
      state: 'UPDATE_IN_PROGRESS',
      reason: undefined,
      failedAtMs: undefined,
    };
    this.updates.push(update);
    this.attempt(update, version, {
      done: () => {
        this.version = version;
        this.end(update, 'UPDATE_COMPLETE');
      },
      failed: (reason) => {
        this.rollBack(update, reason);
      },
    });
    return update;
  }

  private rollBack(update: StackUpdate, reason: string): void {
    update.reason = reason;
    update.failedAtMs = this.clock.now();
    update.state = 'UPDATE_ROLLBACK_IN_PROGRESS';
    this.timeline.add(() => `UPDATE_FAILED: ${reason}; rolling back to ${this.version.name}`);
    this.attempt(update, this.version, {
      done: () => {
        this.end(update, 'UPDATE_ROLLBACK_COMPLETE');
      },
      failed: (why) => {
        update.reason = `${reason}; and the rollback: ${why}`;
        this.end(update, 'UPDATE_ROLLBACK_FAILED');
      },
    });
  }

  private attempt(
    update: StackUpdate,
    version: Version,
    on: { done: () => void; failed: (reason: string) => void },
  ): void {
    const startedAtMs = this.clock.now();
    let own: Deployment;
    try {
      own = this.service.update(version);
    } catch (error) {
      on.failed((error as Error).message);
      return;
    }
    const ask = () => {
      // A forced deployment of the same version may have replaced ours meanwhile.
      const { newest } = this.service;
      const deployment = newest.version === version ? newest : own;
      if (deployment.state === 'COMPLETED') return void on.done();
      if (deployment.state === 'FAILED') return void on.failed(deployment.reason ?? '');
      if (this.clock.now() - startedAtMs >= SERVICE_WAIT_SECONDS * 1000)
        return void on.failed('the service did not stabilize in three hours');
      this.clock.quietly(POLL_MS, ask);
    };
    this.clock.quietly(POLL_MS, ask);
  }

  private end(update: StackUpdate, state: StackUpdate['state']): void {
    update.state = state;
    update.endedAtMs = this.clock.now();
    this.timeline.add(() => state);
  }
}
