import { sentAnewText } from '../../contract/log-lines';
import { createBackoff } from '../../shared/backoff';
import { MAX_BATCH } from '../../shared/batches';
import { type Cancel, type Clock, pause } from '../../shared/clock';
import { type Counted, type SendAnew, whenToSendAnew } from '../job/copy';
import { describeError, type Logger } from '../log';
import type { HeldMessage } from '../queue/heartbeat';
import { tellRefusals } from '../queue/outage';
import type { FailedEntry, Queue, VisibilityChange } from '../queue/queue';
import type { Settlement } from './decide';

/** Carries out a settlement. Never rejects: a message that cannot be settled comes again by itself. */
export type Settle = (message: SettledMessage, settlement: Settlement) => Promise<void>;

type SettledMessage = HeldMessage & Counted;

export interface SettleOptions {
  queue: Queue;
  visibilityTimeoutSeconds: number;
  concurrency: number;
  isFifo: boolean;
  maxReceives: number;
  clock: Clock;
  random: () => number;
  log: Logger;
  /** How long a deletion may wait for others: as long as jobs take that will soon be done; 0 if none will. */
  mayWaitMs: () => number;
  /** The task is about to be killed: a message that is not settled by now comes again by itself. */
  outOfTime: AbortSignal;
}

export function createSettle({ queue, ...others }: SettleOptions): Settle {
  const options = { ...others, queue: tellRefusals(queue, others.log) };
  const attempt = createAttempt(options);
  const sendCopy = createSendCopy(options);
  return async (message, settlement) => {
    const persist = createPersistence(options, message);
    const asItIs = () => persist(() => attempt(message, settlement), settlement.action);
    const anew = sendAnewOf(options, message, settlement);
    if (anew === undefined) {
      await asItIs();
      return;
    }
    const copy = sendCopy(message, { ...anew, settlement });
    // A message that can do without a copy does not wait until one is sent.
    const isSent = anew.isNeeded ? await persist(copy, 'send anew') : (await copy()) === undefined;
    if (isSent) await persist(() => attempt(message, { action: 'delete' }), 'delete');
    else if (!anew.isNeeded) await asItIs();
  };
}

/** A copy would lose its place in a FIFO queue. */
function sendAnewOf(
  { isFifo, maxReceives, log }: SettleOptions,
  message: SettledMessage,
  settlement: Settlement,
): SendAnew | undefined {
  if (!isFifo) return whenToSendAnew(message, settlement, maxReceives);
  const isCounted = settlement.action === 'delete' || settlement.isCounted;
  if (!isCounted && message.receives >= maxReceives)
    log.warn('this was its last receive: it goes to the dead-letter queue next', message.messageId);
  return undefined;
}

/** Retries a step until it is done, another watcher may have the message, or the task is killed. */
function createPersistence(
  { clock, random, log, outOfTime, visibilityTimeoutSeconds }: SettleOptions,
  message: HeldMessage,
) {
  const backoff = createBackoff(random);
  // The last heartbeat hid the message for this long.
  const deadlineMs = clock.now() + visibilityTimeoutSeconds * 1000;
  return async (step: () => Promise<Answer>, what: string): Promise<boolean> => {
    for (;;) {
      const failure = await step();
      if (failure === undefined) return true;
      const waitMs = backoff.next();
      if (failure.isFinal || outOfTime.aborted || clock.now() + waitMs > deadlineMs) {
        log.warn(`could not ${what} the message, which comes again: ${failure.reason}`, message.messageId);
        return false;
      }
      await pause(clock, waitMs, outOfTime);
    }
  };
}

/**
 * A copy is sent before the message is deleted: for a moment there are both, but never none. A retry sends it without the
 * mark, since SQS may have refused the copy for its mark.
 */
function createSendCopy({ queue, log }: SettleOptions) {
  return (
    { messageId, received }: SettledMessage,
    { mark, why, settlement }: SendAnew & { settlement: Settlement },
  ): (() => Promise<Answer>) => {
    let nextMark = mark;
    const afterSeconds = settlement.action === 'return' ? settlement.afterSeconds : 0;
    return async () => {
      try {
        const id = await queue.sendCopy(received, afterSeconds, nextMark);
        log.info(sentAnewText(id, why), messageId);
        return undefined;
      } catch (error) {
        nextMark = undefined;
        return failureOf(error);
      }
    };
  };
}

/** How long a settlement waits for others at least. With short jobs it saves nine of ten calls. */
const LINGER_MS = 50;

/** Of the visibility timeout. */
const SHARE_TO_WAIT = 0.1;

/** Until it is settled, SQS keeps the rest of its group back, and its slot asks for nothing: the only slot does not wait. */
const fifoLingerMs = (concurrency: number) => (concurrency === 1 ? 0 : 10);

/** Undefined if the step is done. */
type Answer = Pick<FailedEntry, 'isFinal' | 'reason'> | undefined;

/** One attempt, in a batch with others. */
function createAttempt(options: SettleOptions) {
  const { queue, clock, concurrency, isFifo, mayWaitMs, visibilityTimeoutSeconds } = options;
  // No heartbeat keeps the message hidden any more.
  const mostMs = visibilityTimeoutSeconds * 1000 * SHARE_TO_WAIT;
  // Until a message of a FIFO group is deleted, SQS keeps the next one back.
  const common = { clock, lingerMs: isFifo ? fifoLingerMs(concurrency) : LINGER_MS };
  const deletions: Batcher<string, Answer> = createBatcher({
    ...common,
    mayWaitMs: () => (isFifo ? 0 : Math.min(mayWaitMs(), mostMs)),
    send: async (handles: readonly string[]) => answersFor(handles, await queue.deleteBatch(handles)),
  });
  const changes: Batcher<VisibilityChange, Answer> = createBatcher({
    ...common,
    send: async (batch: readonly VisibilityChange[]) => {
      const handles = batch.map(({ receiptHandle }) => receiptHandle);
      return answersFor(handles, await queue.changeVisibilityBatch(batch));
    },
  });
  return ({ receiptHandle }: HeldMessage, settlement: Settlement): Promise<Answer> => {
    const answer =
      settlement.action === 'delete'
        ? deletions.add(receiptHandle)
        : changes.add({ receiptHandle, timeoutSeconds: settlement.afterSeconds });
    return answer.catch(failureOf);
  };
}

function failureOf(error: unknown): Answer {
  return { isFinal: false, reason: describeError(error) };
}

function answersFor(handles: readonly string[], failed: readonly FailedEntry[]): Answer[] {
  return handles.map((handle) => failed.find(({ receiptHandle }) => receiptHandle === handle));
}

/**
 * Gathers entries and sends them in batches of up to ten: at once if a batch is full, otherwise after a short wait for
 * others. The promise of an entry resolves when its batch has been answered, and rejects with it.
 */
export interface Batcher<Entry, Answer> {
  add(entry: Entry): Promise<Answer>;
}

interface Waiting<Entry, Answer> {
  entry: Entry;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

export function createBatcher<Entry, Answer>(options: {
  send: (entries: readonly Entry[]) => Promise<readonly Answer[]>;
  clock: Clock;
  /** How long an entry waits for others, in milliseconds; 0: not at all. */
  lingerMs: number;
  /** Asked again and again while an entry waits: whether it may wait for longer than that, and for how long in all. */
  mayWaitMs?: () => number;
}): Batcher<Entry, Answer> {
  const { clock, lingerMs, mayWaitMs = () => 0 } = options;
  let waiting: Waiting<Entry, Answer>[] = [];
  let cancelTimer: Cancel | undefined;

  const flush = () => {
    cancelTimer?.();
    cancelTimer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) void sendBatch(batch, options.send);
  };
  const linger = (waitedMs: number) => {
    cancelTimer = clock.after(lingerMs, () => {
      if (waitedMs + 2 * lingerMs <= mayWaitMs()) linger(waitedMs + lingerMs);
      else flush();
    });
  };

  return {
    add: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        if (waiting.length >= MAX_BATCH || lingerMs === 0) flush();
        else if (cancelTimer === undefined) linger(0);
      }),
  };
}

async function sendBatch<Entry, Answer>(
  batch: readonly Waiting<Entry, Answer>[],
  send: (entries: readonly Entry[]) => Promise<readonly Answer[]>,
): Promise<void> {
  try {
    const answers = await send(batch.map(({ entry }) => entry));
    batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
  } catch (error) {
    batch.forEach(({ reject }) => reject(error));
  }
}
