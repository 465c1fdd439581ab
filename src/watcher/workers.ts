import type { Job } from './message/job';
import type { Settlement } from './outcome/decide';
import type { Slots } from './slots';
import type { StopReason } from './worker/run-worker';

/** Who works on messages: a process of its own for each, or warm ones that ask for more. */
export interface Workers {
  /** Each that is free can take a batch at once. The loop takes one for each batch that it starts. */
  slots: Slots;
  /** Messages that one takes at once, at most. */
  batchSize: number;
  start(jobs: readonly Job[]): RunningBatch;
  /** A batch has ended, and what its worker left behind is gone. */
  done(): void;
  /** Ends all that run, now. */
  kill(): void;
  /** Ends those that wait for work, when there will be none. */
  close(): Promise<void>;
}

/** What one worker is at. */
export interface RunningBatch {
  /** How each message is to be settled, in the order of the messages. Never rejects. */
  settled: Promise<readonly Settlement[]>;
  /** Tells it to end, and kills it after the grace. The first reason counts. */
  stop(reason: StopReason, graceMs: number): void;
  /** It was killed: how it ended is not waited for any longer. */
  abandon(): void;
}
