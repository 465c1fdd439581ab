import { UserError } from '../../errors/user-error';
import { deleteLetters } from './delete';
import { isFiltering, matches } from './filter';
import type { CommandRun } from '../command/command';
import { checkAskable, isConfirmed } from './confirm';
import { throwIfIncomplete } from './ends';
import { filterOf } from './filter-options';
import { open, type Opened } from './open';
import { preview, sayPreview, type Choice } from './preview';
import { report, settleChosen, type Deed } from './settle';
import { plural } from './text';

/** `sls watchbot dead-letter delete [ID…]`. */
export async function runDelete(run: CommandRun): Promise<number> {
  const { words, options, voice } = run;
  const filter = filterOf(options);
  if (words.length === 0 && !isFiltering(filter)) throw nothingNamed();
  checkAskable(run);
  const opened = await open(run);
  const { queue } = opened;
  const nowMs = Date.now();
  const choice: Choice = {
    ids: words.length === 0 ? undefined : words,
    isWanted: (letter) => matches(filter, letter, nowMs),
  };
  if (options.yes === true && options['dry-run'] !== true) {
    await deleteEach(run, opened, choice);
    return 0;
  }
  const { letters, notFound } = await preview(run, queue, choice);
  if (options['dry-run'] === true) {
    await sayPreview(run, letters, `deleted from queue ${queue.name}`);
    return 0;
  }
  throwIfIncomplete(queue, { failures: [], notFound });
  if (letters.length === 0) {
    voice.log.notice(`No dead letters match in queue ${queue.name}`);
    return 0;
  }
  if (!(await isConfirmed(run, `Delete ${plural(letters.length)} from queue ${queue.name}?`))) {
    voice.log.notice('Nothing was deleted');
    return 1;
  }
  // What the user was asked about, and nothing that has come since.
  await deleteEach(run, opened, { ids: letters.map(({ id }) => id), isWanted: () => true });
  return 0;
}

async function deleteEach(run: CommandRun, { queue }: Opened, choice: Choice): Promise<void> {
  const deed: Deed = {
    done: 'deleted',
    act: (held) => ({ run: (letters) => deleteLetters(queue, held, letters) }),
  };
  const settled = await settleChosen(run, queue, { ...choice, deed });
  report(run, queue, { settled, deed, more: { text: ` from queue ${queue.name}` } });
}

function nothingNamed(): UserError {
  return UserError.of({
    code: 'WATCHBOT_ARGUMENTS',
    place: 'sls watchbot dead-letter delete',
    given: 'neither ids nor filters',
    allowed: 'ids of dead letters, or --older-than, --newer-than, --contains, --attribute',
    advice: '`sls watchbot dead-letter purge` deletes all',
  });
}
