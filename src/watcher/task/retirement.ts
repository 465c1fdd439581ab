import type { Clock } from '../clock';
import type { Logger } from '../log/logger';
import type { LookAtService } from './own-service';
import type { Protection } from './protection';

/** Whether this task takes messages, and is protected while it has some. */
export interface Retirement {
  /** A message is held. @returns what is to be waited for before a job begins; undefined: nothing */
  busy(): Promise<void> | undefined;
  /** None is held any more. */
  idle(): void;
  /** Jobs that have not begun are given back: ECS may stop this task at any time, for a newer version. */
  readonly givesBack: boolean;
  /** It takes no messages. */
  readonly isRetired: boolean;
  /** Resolves when messages may be taken, or the task is to end; undefined: now. */
  whenAtWork(): Promise<void> | undefined;
  stop(): void;
}

/** Outside ECS nothing is newer, and nobody stops a task for it. */
export const noRetirement: Retirement = {
  busy: () => undefined,
  idle: () => undefined,
  givesBack: false,
  isRetired: false,
  whenAtWork: () => undefined,
  stop: () => undefined,
};

export interface RetirementParts {
  protection: Protection;
  /** undefined: ECS cannot be asked. */
  lookAtService: LookAtService | undefined;
  /** For so long jobs may work on in a task that a newer version replaces. */
  finishSeconds: number;
  /** Jobs may take longer than ECS gives a task that it stops: none begins without protection if that can be had later. */
  areJobsLong: boolean;
  /** The time to finish is over: the task is stopped, as ECS stops one. */
  end: (cause: string) => void;
  stopping: AbortSignal;
  clock: Clock;
  /** In milliseconds since 1970, as ECS tells when a deployment began. */
  timeOfDay: Pick<Clock, 'now'>;
  random: () => number;
  log: Logger;
}
