import { setMaxListeners } from 'node:events';
import { SETTLE_SECONDS } from '../contract/outcomes';
import type { Clock } from '../shared/clock';
import type { Logger } from './log';

export interface StopSignals {
  /** The task is to end: nothing new is begun. */
  stopping: AbortSignal;
  /** Workers are to be told now. */
  hurry: AbortSignal;
  /** The poll that is under way is given up. */
  abortPoll: AbortSignal;
  /** As SIGTERM, for a cause of the watcher's own. ECS may yet send the first signal, and this one hurries nothing. */
  stop: (cause: string) => void;
}

interface Process {
  on(event: 'SIGTERM' | 'SIGINT' | 'disconnect', call: () => void): unknown;
}

export interface StopOptions {
  process: Process;
  log: Logger;
  killAll: () => void;
}

/** How far it has come. */
const STOPPING = 1;
const TELLING = 2;
const KILLING = 3;

/**
 * SIGTERM, from ECS: jobs work on until their notice, and the poll under way may answer, so that what SQS has already
 * handed out is given back rather than hidden until its timeout: SQS does not notice that nobody listens any more, see
 * https://github.com/aws/aws-sdk-js/issues/2350. SIGINT, or the loss of the parent that opened an IPC channel, from a
 * developer's machine: workers are told, and the poll is given up at once. Each further signal goes one step on: workers
 * are told, workers are killed.
 */
export function onStopSignals(options: StopOptions): StopSignals {
  const { log } = options;
  const [stop, hurry, abortPoll] = [createSignal(), createSignal(), createSignal()];
  let reached = 0;
  const begin = (cause: string) => {
    log.info(`${cause}: stopping`);
    stop.abort();
  };
  const handle = (cause: string, least: number) => {
    const isFirst = reached === 0;
    reached = Math.min(KILLING, Math.max(reached + 1, least));
    if (least >= TELLING) abortPoll.abort();
    if (isFirst) begin(cause);
    else log.warn(`${cause} again: ${reached === KILLING ? 'killing the workers' : 'telling the workers'}`);
    if (reached >= TELLING) hurry.abort();
    if (reached === KILLING) options.killAll();
  };
  options.process.on('SIGTERM', () => handle('SIGTERM', STOPPING));
  options.process.on('SIGINT', () => handle('SIGINT', TELLING));
  options.process.on('disconnect', () => handle('the parent process is gone', TELLING));
  return {
    stopping: stop.signal,
    hurry: hurry.signal,
    abortPoll: abortPoll.signal,
    stop: (cause) => {
      if (!stop.signal.aborted) begin(cause);
    },
  };
}

/** One that lives as long as the watcher. As many may wait for it as there are messages in hand: Node warns of eleven. */
export function createSignal(): AbortController {
  const controller = new AbortController();
  setMaxListeners(Infinity, controller.signal);
  return controller;
}

/** When what happens to a task that is told to stop, in milliseconds from then on. */
export interface StopTimes {
  /** Workers are told to end. */
  tellMs: number;
  /** Workers are killed. */
  killMs: number;
  /** Nobody waits for those that are not gone any more: their messages go back. */
  abandonMs: number;
  /** What cannot be settled is not tried again, and the poll under way is given up. */
  giveUpMs: number;
  /** The watcher ends, whatever it is at. */
  endMs: number;
}

export interface StopSettings {
  /** ECS kills the watcher then. */
  stopTimeoutSeconds: number;
  /** How long before they are killed workers are told. */
  stopNoticeSeconds: number;
}

export function stopTimes({ stopTimeoutSeconds, stopNoticeSeconds }: StopSettings): StopTimes {
  const wholeMs = stopTimeoutSeconds * 1000;
  const settleMs = settleMsOf(stopTimeoutSeconds);
  const killMs = wholeMs - settleMs;
  return {
    tellMs: Math.max(0, killMs - stopNoticeSeconds * 1000),
    killMs,
    abandonMs: wholeMs - 0.6 * settleMs,
    giveUpMs: wholeMs - 0.2 * settleMs,
    endMs: wholeMs - 0.1 * settleMs,
  };
}

/** A poll may be under way when the task is told to stop, and is to have its answer before the end. */
export const longestPollSeconds = ({ stopTimeoutSeconds }: Pick<StopSettings, 'stopTimeoutSeconds'>) =>
  Math.max(1, Math.floor(stopTimeoutSeconds - settleMsOf(stopTimeoutSeconds) / 1000));

/** Who gives a task less than twice the usual has half of it for jobs. */
const settleMsOf = (stopTimeoutSeconds: number) => Math.min(SETTLE_SECONDS, stopTimeoutSeconds / 2) * 1000;

/** The course of a stop, as signals that are given one after the other. */
export interface StopCourse {
  /** Nothing new is begun. */
  stopping: AbortSignal;
  /** Workers are told to end, and are killed when `killing` is given. */
  telling: AbortSignal;
  killing: AbortSignal;
  abandoning: AbortSignal;
  givingUp: AbortSignal;
  ending: AbortSignal;
  /** The poll that is under way is given up. */
  abortPoll: AbortSignal;
  /** Until workers are killed. */
  msToKill(): number;
  /** Begins it. */
  stop: (cause: string) => void;
}

export function createStopCourse(signals: StopSignals, settings: StopSettings, clock: Clock): StopCourse {
  const { stopping, hurry } = signals;
  const times = stopTimes(settings);
  let stoppedAtMs = 0;
  onAbort(stopping, () => (stoppedAtMs = clock.now()));
  const after = (milliseconds: number): AbortSignal => {
    const controller = createSignal();
    const abort = () => {
      controller.abort();
    };
    onAbort(stopping, () => {
      if (milliseconds === 0) abort();
      else clock.after(milliseconds, abort);
    });
    return controller.signal;
  };
  const givingUp = after(times.giveUpMs);
  return {
    stopping,
    telling: anyOf(hurry, after(times.tellMs)),
    killing: after(times.killMs),
    abandoning: after(times.abandonMs),
    givingUp,
    abortPoll: anyOf(signals.abortPoll, givingUp),
    ending: after(times.endMs),
    stop: signals.stop,
    msToKill: () => Math.max(0, stoppedAtMs + times.killMs - clock.now()),
  };
}

/** Also where it was given already. */
export function onAbort(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { once: true });
}

/** Resolves with the promise, or as soon as the signal is given. */
export function untilGiven(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      // The signal may live as long as the watcher.
      signal.removeEventListener('abort', finish);
      resolve();
    };
    onAbort(signal, finish);
    void promise.then(finish);
  });
}

/** Given with the first of them. */
function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const controller = createSignal();
  signals.forEach((signal) => {
    onAbort(signal, () => {
      controller.abort();
    });
  });
  return controller.signal;
}
