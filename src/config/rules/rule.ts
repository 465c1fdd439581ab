import type { Problem } from '../../errors/problem';
import type { ServiceContext, SharedInput, WorkerInput } from '../configuration';

/** A worker under check, with what its rules need to know of the rest. */
export interface RuleSubject {
  worker: WorkerInput;
  /** The keys that the user wrote, before defaults. */
  given: Readonly<Record<string, unknown>>;
  name: string;
  context: ServiceContext;
  shared: SharedInput;
  /** Whether it stands under `workers`. */
  isMany: boolean;
  /** The place of one of its keys: `at('queue', 'delay')` is `watchbot.queue.delay`. */
  at: (...keys: string[]) => string;
}

/** The section as a whole. */
export interface Service {
  shared: SharedInput;
  workers: Readonly<Record<string, WorkerInput>>;
  context: ServiceContext;
  root: string;
  isMany: boolean;
  /** Whether the schema has refused what is at this place, or something in it. */
  isRefused: (place: string) => boolean;
}

/**
 * A rule across keys. It is left out where the schema has refused one of the keys that it reads: its answer would be
 * about a default that the user did not mean.
 */
export interface WorkerRule {
  reads: readonly (keyof WorkerInput | keyof SharedInput)[];
  check: (subject: RuleSubject) => Problem[];
}

export function problemIf(isWrong: boolean, problem: Problem): Problem[] {
  return isWrong ? [problem] : [];
}
