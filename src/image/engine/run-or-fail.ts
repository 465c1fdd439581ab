import type { ErrorCode } from '../../errors/codes';
import { UserError } from '../../errors/user-error';
import type { Report } from './engine';
import { commandText, type Command, type CommandResult, type Run } from './run-command';

export interface Failure {
  code: ErrorCode;
  place: string;
  advice: string;
}

interface Handling {
  failure: Failure;
  report?: Report;
}

/**
 * Runs a command that must end well.
 * @throws {UserError} with the command and the last lines of its output.
 */
export async function runOrFail(run: Run, command: Command, handling: Handling): Promise<void> {
  await outputOrFail(run, command, handling);
}

/**
 * As `runOrFail`; gives what the command wrote to its standard output, where it says that this is wanted.
 */
export async function outputOrFail(
  run: Run,
  command: Command,
  { failure, report }: Handling,
): Promise<string> {
  const result = await run(command, report);
  if (result.ending === 'done') return result.output ?? '';
  if (result.ending === 'interrupted') throw interrupted();
  throw UserError.of({ ...failure, given: describe(command, result) });
}

function describe(command: Command, { ending, lastLines }: CommandResult): string {
  const outcome = ending === 'missing' ? ', which is not installed' : ', which failed:';
  return [commandText(command) + outcome, ...lastLines].join('\n    ');
}

export function interrupted(): UserError {
  return UserError.of({
    code: 'WATCHBOT_INTERRUPTED',
    place: 'the image',
    advice: 'run the command again: what is done is not done again',
  });
}
