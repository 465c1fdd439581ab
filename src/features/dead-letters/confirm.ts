import { UserError } from '../../errors/user-error';
import type { CommandRun } from '../command/command';

/**
 * To be called before anything is looked at.
 * @throws {UserError} `WATCHBOT_NOT_CONFIRMED` where there must be asked and nobody is there
 */
export function checkAskable({ options, terminal: { input, error } }: CommandRun): void {
  if (options.yes === true || options['dry-run'] === true) return;
  if (input.isTTY === true && error.isTTY === true) return;
  throw UserError.of({
    code: 'WATCHBOT_NOT_CONFIRMED',
    place: 'standard input',
    given: 'no terminal to ask at',
    allowed: 'a terminal, or --yes',
    advice: 'see with --dry-run what would be deleted, then give --yes',
  });
}

/** Asks whether to go on; a Ctrl-C is a no. */
export async function isConfirmed(
  { options, terminal, signal }: CommandRun,
  question: string,
): Promise<boolean> {
  if (options.yes === true) return true;
  const { input, error } = terminal;
  const { default: confirm } = await import('@inquirer/confirm');
  return confirm({ message: question, default: false }, { input, output: error, signal }).catch(() => false);
}
