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
  /** The place of one of its keys: `at('queue', 'delay')` is `watchbot.queue.delay`. */
  at: (...keys: string[]) => string;
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
