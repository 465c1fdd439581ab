import { ExitCode } from '../../contract/exit-codes';
import type { Command } from './command-line';
import type { Jobs } from './progress';

/** What a call prints, and its exit code. */
export interface Outcome {
  /** Nothing, where Watchbot's helper prints nothing. */
  printed?: unknown;
  /** With `--json`. */
  json: object;
  code: number;
}

const DONE = ExitCode.success;

/** @param setBy the message by whose worker it is called */
export async function runCommand(command: Command, jobs: Jobs, setBy: string | undefined): Promise<Outcome> {
  const { id } = command;
  switch (command.name) {
    case 'set-total': {
      const { total, isSharded } = command;
      const plan = await jobs.setTotal(id, total, { setBy, isSharded });
      return { json: { job: id, total, isKept: plan === 'keep' }, code: DONE };
    }
    case 'complete-part':
      return completePart(command, jobs);
    case 'status': {
      const status = await jobs.status(id, command.part);
      const code = status.failed === undefined ? DONE : command.failedCode;
      return { printed: status, json: status, code };
    }
    case 'set-metadata':
      await jobs.setMetadata(id, command.metadata);
      return { json: { job: id }, code: DONE };
    case 'fail-job':
      await jobs.failJob(id, command.reason);
      return { json: { job: id, failed: command.reason }, code: DONE };
    case 'reduce-sent':
      await jobs.reduceSent(id);
      return { json: { job: id, reduceSent: true }, code: DONE };
  }
}

async function completePart(
  { id, part, leaseSeconds, failedCode }: Extract<Command, { name: 'complete-part' }>,
  jobs: Jobs,
): Promise<Outcome> {
  const completion = await jobs.completePart(id, part, { leaseSeconds });
  const { outcome, isComplete: complete } = completion;
  const more =
    completion.outcome === 'reduce'
      ? { leaseUntil: new Date(completion.leaseUntilMs).toISOString() }
      : completion.outcome === 'failed'
        ? { failed: completion.reason }
        : {};
  return {
    printed: complete,
    json: { job: id, part, complete, outcome, ...more },
    code: outcome === 'failed' ? failedCode : DONE,
  };
}
