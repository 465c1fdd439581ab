import type { Logger } from './log/logger';

export interface StopSignals {
  /** The task is to end: nothing new is begun. */
  stopping: AbortSignal;
  /** The poll that is under way is given up. */
  abortPoll: AbortSignal;
}

interface Process {
  on(event: 'SIGTERM' | 'SIGINT' | 'disconnect', call: () => void): unknown;
}

/**
 * SIGTERM, from ECS: workers are told, and the poll under way may answer, at most 20 s later, so that what SQS has
 * already handed out is given back rather than hidden until its timeout. SIGINT, or the loss of the parent that
 * opened an IPC channel, from a developer's machine: the poll is given up at once. A second signal: workers are killed.
 */
export function onStopSignals(parts: { process: Process; log: Logger; killAll: () => void }): StopSignals {
  const stop = new AbortController();
  const abortPoll = new AbortController();
  const handle = (cause: string, isHasty: boolean) => {
    if (isHasty) abortPoll.abort();
    if (stop.signal.aborted) {
      parts.log.warn(`${cause} again: killing the workers`);
      parts.killAll();
      return;
    }
    parts.log.info(`${cause}: stopping`);
    stop.abort();
  };
  parts.process.on('SIGTERM', () => handle('SIGTERM', false));
  parts.process.on('SIGINT', () => handle('SIGINT', true));
  parts.process.on('disconnect', () => handle('the parent process is gone', true));
  return { stopping: stop.signal, abortPoll: abortPoll.signal };
}
