import type { Letter } from './letter';
import { styleFor } from '../command/terminal-text';
import { peek } from './peek';
import type { DeadLetterQueue } from './queue';
import type { CommandRun } from '../command/command';
import { interrupted, sayEnd } from './ends';
import { letterTable, plural } from './text';

/** Which dead letters a command is about. */
export interface Choice {
  /** Undefined: whichever match. */
  ids: readonly string[] | undefined;
  isWanted: (letter: Letter) => boolean;
}

/** What there is of the choice. Nothing is held afterwards. */
export async function preview(
  { voice, signal }: CommandRun,
  queue: DeadLetterQueue,
  { ids, isWanted }: Choice,
): Promise<{ letters: Letter[]; notFound: string[] }> {
  const wantedIds = ids === undefined ? undefined : new Set(ids);
  const peeked = await peek(queue, {
    isWanted: (letter) => wantedIds?.has(letter.id) !== false && isWanted(letter),
    most: wantedIds?.size ?? Infinity,
    signal,
  });
  sayEnd(voice, peeked);
  if (peeked.end === 'interrupted') throw interrupted(`queue ${queue.name}`, 'nothing was done');
  peeked.letters.forEach(({ id }) => wantedIds?.delete(id));
  return { letters: peeked.letters, notFound: [...(wantedIds ?? [])] };
}

/** Says what would be done, and does nothing. */
export async function sayPreview(
  { voice, options, terminal }: CommandRun,
  letters: readonly Letter[],
  /** Like `deleted from queue x`. */
  what: string,
): Promise<void> {
  if (options.json === true) {
    voice.writeText(JSON.stringify({ dryRun: true, ids: letters.map(({ id }) => id) }));
    return;
  }
  if (letters.length > 0) voice.writeText(await letterTable(letters, styleFor(terminal), Date.now()));
  voice.log.notice(`${plural(letters.length)} would be ${what}`);
}
