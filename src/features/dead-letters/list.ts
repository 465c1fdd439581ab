import type { CommandRun } from '../command/command';
import { numberOption } from '../command/options';
import { styleFor } from '../command/terminal-text';
import { filterOption, interrupted, openQueue, sayEnd } from './choice';
import { isFiltering, matches, type LetterFilter } from './letter';
import { countLetters, type DeadLetterQueue } from './queue';
import { peek, type Peeked } from './sweep';
import { letterJson, letterTable, plural } from './text';

const DEFAULT_LIMIT = 50;
/** SQS lets so many messages of a queue be held. */
const MOST = 120_000;

/** `sls watchbot dead-letter list`. */
export async function runList(run: CommandRun): Promise<void> {
  const { options, voice, signal, terminal } = run;
  const limit = numberOption(options, 'limit', { least: 0, most: MOST, otherwise: DEFAULT_LIMIT });
  const filter = filterOption(options);
  const { queue } = await openQueue(run);
  const nowMs = run.clock.now();
  const peeked = await peek(queue, {
    isWanted: (letter) => matches(filter, letter, nowMs),
    most: limit === 0 ? Infinity : limit,
    signal,
  });
  const { letters, end } = peeked;
  if (options.json === true) {
    letters.forEach((letter) => {
      voice.writeText(JSON.stringify(letterJson(letter, nowMs)));
    });
  } else if (letters.length > 0) {
    voice.writeText(await letterTable(letters, styleFor(terminal), nowMs));
  }
  sayEnd(voice, peeked);
  if (end === 'interrupted') throw interrupted(queue, `${plural(peeked.seen)} seen`);
  voice.log.notice(await summaryOf(queue, peeked, filter));
}

/** How much of the queue this is. */
async function summaryOf(
  queue: DeadLetterQueue,
  { letters, seen, end }: Peeked,
  filter: LetterFilter,
): Promise<string> {
  const { total } = await countLetters(queue);
  const which = isFiltering(filter) ? ' that match' : '';
  const where = `in queue ${queue.name}`;
  if (end === 'stopped') {
    return `The first ${letters.length}${which}, of about ${total} ${where}; --limit 0 lists all`;
  }
  const text = `${letters.length === 0 ? 'No dead letters' : plural(letters.length)}${which} ${where}`;
  if (total <= seen) return text;
  const why = queue.isFifo
    ? 'a FIFO queue shows the first messages of each group, and none of a group of which somebody holds one'
    : 'somebody else holds them, or SQS has not counted anew';
  return `${text}; ${seen} seen of about ${total}: ${why}`;
}
