import type { ReportedError } from '../../../contract/runtime-api';
import type { WorkerEnd } from '../run-worker';

/** One call of a handler. */
export interface Invocation {
  requestId: string;
  /** JSON. */
  event: string;
  /** By the time of day: when it is stopped. */
  deadlineMs: number;
  traceHeader: string | undefined;
}

/** What a runtime says at the end of an invocation. */
export type Answer =
  | { kind: 'response'; body: Buffer }
  | { kind: 'error'; error: ReportedError }
  /** It was not taken: too large, or in pieces. */
  | { kind: 'refused'; reason: string };

/** How an invocation ended: by an answer, or with its process. */
export type InvocationEnd = Answer | { kind: 'ended'; end: WorkerEnd };
