import type { LogSource } from '../logs/log-source';
import { type CommandRun, INTERRUPTED } from '../command/command';
import { followJob, type Attempt, type Settlement } from '../logs/follow-job';

/** Exit codes: what became of the message. A worker rejects with 3, too. */
const FATE_CODES = { done: 0, 'dead-lettered': 2, rejected: 3 } as const;
/** Exit code: the message is not settled yet. */
const UNSETTLED = 4;

/** Clocks of this machine and of AWS differ. The id is the message's own, so that nothing else is found. */
const BEFORE_MS = 600_000;

export interface Waited {
  messageId: string;
  maxReceives: number | undefined;
  timeoutSeconds: number;
}

export interface Outcome {
  /** Undefined: not settled in time. */
  settlement: Settlement | undefined;
  seconds: number;
  code: number;
}

/** Waits until a message is settled, or no longer. */
export async function waitForOutcome(
  log: LogSource,
  { messageId, maxReceives, timeoutSeconds }: Waited,
  { voice, signal }: CommandRun,
): Promise<Outcome> {
  const startedMs = Date.now();
  // A timer that can be taken away: one of `AbortSignal` would be forgotten only when it is due.
  const stop = new AbortController();
  const end = () => {
    stop.abort();
  };
  const timer = setTimeout(end, timeoutSeconds * 1000);
  signal.addEventListener('abort', end);
  const onRetry = (attempt: Attempt) => void voice.log.notice(retryText(attempt));
  const job = { messageId, sinceMs: startedMs - BEFORE_MS, maxReceives, onRetry };
  const settlement = await followJob(log, job, stop.signal).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
  const seconds = Math.round((Date.now() - startedMs) / 100) / 10;
  if (settlement !== undefined) return { settlement, seconds, code: FATE_CODES[settlement.fate] };
  return { settlement, seconds, code: signal.aborted ? INTERRUPTED : UNSETTLED };
}

function retryText({ result, receives, reason }: Attempt): string {
  return `Receive ${receives}: ${result} (${reason}); the message comes again`;
}

const FATE_TEXTS = {
  done: 'Done',
  rejected: 'Rejected: the message is gone',
  'dead-lettered': 'Failed for the last time: the message goes to the dead-letter queue',
} as const;

export function outcomeSentence({ settlement, seconds }: Outcome): string {
  if (settlement === undefined) return `Not settled after ${seconds} s; the message is still there`;
  const { fate, last } = settlement;
  return `${FATE_TEXTS[fate]}, at receive ${last.receives}, after ${seconds} s (${last.reason})`;
}

/** For machines. */
export function outcomeFields({ settlement, seconds }: Outcome) {
  return { fate: settlement?.fate ?? 'unsettled', ...settlement?.last, seconds };
}
