import { UserError } from '../../errors/user-error';
import type { CommandRun } from '../command/command';
import { argumentProblem } from '../command/options';
import {
  filterOption,
  openQueue,
  preview,
  reportSettled,
  sayPreview,
  settleChosen,
  throwIfIncomplete,
  wordsAsIds,
} from './choice';
import { deleteLetters } from './held';
import { isFiltering, matches } from './letter';
import { countLetters, purgeQueue, type DeadLetterQueue } from './queue';
import type { LetterChoice } from './sweep';
import { plural } from './text';

/** `sls watchbot dead-letter delete [ID…]`. */
export async function runDelete(run: CommandRun): Promise<number> {
  const { words, options, voice } = run;
  const filter = filterOption(options);
  if (words.length === 0 && !isFiltering(filter)) throw nothingNamed();
  checkAskable(run);
  const { queue } = await openQueue(run);
  const nowMs = run.clock.now();
  const choice: LetterChoice = {
    ids: await wordsAsIds(run, queue),
    isWanted: (letter) => matches(filter, letter, nowMs),
  };
  if (options.yes === true && options['dry-run'] !== true) {
    await deleteEach(run, queue, choice);
    return 0;
  }
  const { letters, notFound } = await preview(run, queue, choice);
  if (options['dry-run'] === true) {
    await sayPreview(run, letters, `deleted from queue ${queue.name}`);
    return 0;
  }
  throwIfIncomplete(queue, { notFound });
  if (letters.length === 0) {
    voice.log.notice(`No dead letters match in queue ${queue.name}`);
    return 0;
  }
  if (!(await isConfirmed(run, `Delete ${plural(letters.length)} from queue ${queue.name}?`))) return 1;
  // What the user was asked about, and nothing that has come since.
  await deleteEach(run, queue, { ids: letters.map(({ id }) => id), isWanted: () => true });
  return 0;
}

function nothingNamed(): UserError {
  return UserError.of(
    argumentProblem('sls watchbot dead-letter delete', {
      given: 'neither ids nor filters',
      allowed: 'ids of dead letters, or --older-than, --newer-than, --contains, --attribute',
      advice: '`sls watchbot dead-letter purge` deletes all',
    }),
  );
}

async function deleteEach(run: CommandRun, queue: DeadLetterQueue, choice: LetterChoice): Promise<void> {
  const settled = await settleChosen(run, queue, choice, (held) => ({
    run: (letters) => deleteLetters(queue, held, letters),
  }));
  reportSettled(run, queue, settled, { done: 'deleted', text: ` from queue ${queue.name}` });
}

/** `sls watchbot dead-letter purge`. */
export async function runPurge(run: CommandRun): Promise<number> {
  const { options, voice } = run;
  checkAskable(run);
  const { queue } = await openQueue(run);
  const { total } = await countLetters(queue);
  const say = (text: string, fields: Record<string, unknown>) => {
    voice.writeText(options.json === true ? JSON.stringify(fields) : text);
  };
  if (options['dry-run'] === true) {
    say(`About ${plural(total)} would be deleted from queue ${queue.name}`, { dryRun: true, count: total });
    return 0;
  }
  if (!(await isConfirmed(run, `Delete all, about ${total}, from queue ${queue.name}?`))) return 1;
  await purgeQueue(queue);
  say(`Queue ${queue.name} is being emptied of about ${plural(total)}; SQS takes up to a minute for it`, {
    purged: queue.name,
    count: total,
  });
  return 0;
}

/**
 * To be called before anything is looked at.
 * @throws {UserError} `WATCHBOT_NOT_CONFIRMED` if the user must be asked, and nobody is there
 */
function checkAskable({ options, terminal: { input, error } }: CommandRun): void {
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

/** Asks whether to go on. A Ctrl-C is a no, which is said. */
async function isConfirmed(
  { options, terminal, voice, signal }: CommandRun,
  question: string,
): Promise<boolean> {
  if (options.yes === true) return true;
  const { input, error } = terminal;
  const { default: confirm } = await import('@inquirer/confirm');
  const asked = confirm({ message: question, default: false }, { input, output: error, signal });
  const isYes = await asked.catch(() => false);
  if (!isYes) voice.log.notice('Nothing was deleted');
  return isYes;
}
