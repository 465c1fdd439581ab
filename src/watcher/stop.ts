import { setMaxListeners } from 'node:events';
import { SETTLE_SECONDS } from '../contract/outcomes';
import type { Clock } from '../shared/clock';
import type { Logger } from './log';

export interface StopSignals {
  /** The task stops: nothing new is begun. */
  stopping: AbortSignal;
  /** Workers are told to end now. */
  hurry: AbortSignal;
  /** The poll that is under way is given up. */
  abortPoll: AbortSignal;
  /** Stops the task for the watcher's own reason. It does not count as a signal: ECS may yet send the first one. */
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

/** How far the stop has come. */
const STOPPING = 1;
const TELLING = 2;
const KILLING = 3;

/**
 * SIGTERM comes from ECS: jobs go on until their notice, and the poll under way may still answer, so that messages which
 * SQS has already handed out are released rather than hidden until their timeout. SQS does not notice that nobody listens
 * any more: https://github.com/aws/aws-sdk-js/issues/2350. SIGINT, or the loss of the parent that opened an IPC channel,
 * comes from a developer's machine: workers are told to end, and the poll is given up at once. Each further signal goes
 * one step further: workers are told to end, then killed.
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

/** A signal that lives as long as the watcher. Each message in hand may listen to it: Node would warn of eleven. */
function createSignal(): AbortController {
  const controller = new AbortController();
  setMaxListeners(Infinity, controller.signal);
  return controller;
}

/** What happens when to a task that is told to stop, in milliseconds from then on. */
export interface StopTimes {
  /** Workers are told to end. */
  tellMs: number;
  /** Workers are killed. */
  killMs: number;
  /** Workers that still run are not waited for any longer: their messages are released. */
  abandonMs: number;
  /** Settlements that fail are not retried, and the poll under way is given up. */
  giveUpMs: number;
  /** The watcher ends, whatever it is doing. */
  endMs: number;
}

export interface StopSettings {
  /** After this ECS kills the watcher. */
  stopTimeoutSeconds: number;
  /** How long before they are killed workers are told to end. */
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

/** A poll may be under way when the task is told to stop, and must have its answer before the end. */
export const longestPollSeconds = ({ stopTimeoutSeconds }: Pick<StopSettings, 'stopTimeoutSeconds'>) =>
  Math.max(1, Math.floor(stopTimeoutSeconds - settleMsOf(stopTimeoutSeconds) / 1000));

/** If `stopTimeout` is less than twice the usual time for settling, half of it is for jobs. */
const settleMsOf = (stopTimeoutSeconds: number) => Math.min(SETTLE_SECONDS, stopTimeoutSeconds / 2) * 1000;

/** The course of a stop: signals that are given one after the other. */
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
  /** The time until workers are killed. */
  msToKill(): number;
  /** Begins the stop. */
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

/** Calls at once if the signal was given already. */
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

/** A signal that is given with the first of these. */
function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const controller = createSignal();
  signals.forEach((signal) => {
    onAbort(signal, () => {
      controller.abort();
    });
  });
  return controller.signal;
}
