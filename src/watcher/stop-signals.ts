import { setMaxListeners } from 'node:events';
import type { Logger } from './log/logger';

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

export interface StopParts {
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
export function onStopSignals(parts: StopParts): StopSignals {
  const { log } = parts;
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
    if (reached === KILLING) parts.killAll();
  };
  parts.process.on('SIGTERM', () => handle('SIGTERM', STOPPING));
  parts.process.on('SIGINT', () => handle('SIGINT', TELLING));
  parts.process.on('disconnect', () => handle('the parent process is gone', TELLING));
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
