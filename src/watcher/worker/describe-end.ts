import type { StopReason, WorkerEnd } from './run-worker';

/** Why a worker was stopped. */
export const STOPPED: Readonly<Record<StopReason, string>> = {
  duration: 'stopped: longer than maxJobDuration',
  window: 'stopped: SQS holds a message for 12 hours at most',
  shutdown: 'the task was stopped; the message goes back at once',
  memory: 'killed: more than workerMemory',
  replaced: 'stopped: its worker was replaced',
  silent: 'killed: it asked for no invocation in 10 minutes',
};

/** What a shell's own exit codes mean: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html */
const SHELL_CODES: Readonly<Record<number, string>> = {
  126: ': the command is not a program',
  127: ': the command was not found',
};

type Exit = Pick<Extract<WorkerEnd, { kind: 'exited' }>, 'code' | 'signal'>;

export function describeExit({ code, signal }: Exit): string {
  return code === null ? `signal ${signal}` : `exit code ${code}${SHELL_CODES[code] ?? ''}`;
}
