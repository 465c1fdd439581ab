import type { Problem } from '../../errors/problem';
import type {
  Configuration,
  GivenShared,
  GivenWorker,
  SharedInput,
  Worker,
  WorkerInput,
} from '../configuration';
import type { Refusals } from '../refusals';
import type { Unit } from '../units';

/** A worker under check. */
export interface RuleSubject {
  /** With every choice made. */
  worker: Worker;
  /** What the user typed: tells an option that was given from a default. */
  given: GivenWorker;
  /** That of the service. */
  configuration: Configuration;
  /** Whether the worker is one of those under `workers`. */
  isMany: boolean;
  /** The path of one of its keys: `at('queue', 'delay')` is `watchbot.queue.delay`. */
  at: (...keys: string[]) => string;
  /** A number as the user typed that of a key: 3072 MiB are `3GB` beside `memory: 2GB`. */
  show: (key: string, count: number, unit: Unit) => string;
}

/** The section as a whole. */
export interface Service {
  configuration: Configuration;
  /** The workers as the user typed them, by name, without what the schema has refused. */
  given: Readonly<Record<string, GivenWorker>>;
  /** What they share, likewise. */
  givenShared: GivenShared;
  root: string;
  isMany: boolean;
  /** What was typed, by the path of what it was read as. */
  texts: ReadonlyMap<string, unknown>;
  refusals: Refusals;
  /** The path in the file of what stands at these keys of the section. */
  placeOf: (keys: readonly string[]) => string;
}

type Key = keyof WorkerInput | keyof SharedInput;

/**
 * A check across the keys of one worker. It does not run if the schema has refused one of the keys that it reads: it would
 * judge a default that the user did not mean. With `.*` behind a list or a map it judges each entry by itself, and takes it
 * as if the refused ones were not there.
 */
export interface WorkerRule {
  reads: readonly (Key | `${Key}.${string}`)[];
  check: (subject: RuleSubject) => Problem[];
}

export function problemIf(isWrong: boolean, problem: Problem): Problem[] {
  return isWrong ? [problem] : [];
}
