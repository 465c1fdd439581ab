import type { Worker } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import type { CommandRun, Options, Voice } from '../command/command';
import { argumentProblem, durationOption, listOption, ProblemList, textOption } from '../command/options';
import { createProgressBar } from '../command/progress-bar';
import { styleFor } from '../command/terminal-text';
import { chooseWorker, deployedWorkers, type DeployedWorker } from '../stack/workers';
import { HELD_SECONDS } from './held';
import { areWhole, isNamedBy, resolveIds, WantedIds } from './ids';
import type { Letter, LetterFilter } from './letter';
import { countLetters, openDeadLetters, type DeadLetterQueue } from './queue';
import { peek, settleAll, type LetterAction, type LetterChoice, type Settled, type SweepEnd } from './sweep';
import { letterTable, plural } from './text';

/** The dead letters that a command line chooses: in which queue, which they are, and what became of them. */

export interface OpenedQueue {
  worker: Worker;
  deployed: DeployedWorker;
  queue: DeadLetterQueue;
}

export async function openQueue({ configuration, options, target, clock }: CommandRun): Promise<OpenedQueue> {
  const worker = chooseWorker(configuration, textOption(options, 'worker'));
  const [deployed] = await deployedWorkers(target, configuration, [worker]);
  return { worker, deployed: deployed!, queue: await openDeadLetters(target, deployed!, clock) };
}

export function filterOption(options: Options): LetterFilter {
  return {
    olderThanMs: milliseconds(durationOption(options, 'older-than')),
    newerThanMs: milliseconds(durationOption(options, 'newer-than')),
    contains: textOption(options, 'contains'),
    attributes: listOption(options, 'attribute').map(nameAndValue),
  };
}

const milliseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);

function nameAndValue(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw UserError.of(
    argumentProblem('--attribute', { given: text === '' ? 'no value' : text, allowed: 'name=value' }),
  );
}

/**
 * The ids of the dead letters that the words behind a command mean; undefined if there are none.
 * @throws {UserError} `WATCHBOT_ARGUMENTS` if the ids of several begin as a word does
 */
export async function wordsAsIds(
  { words, voice, signal }: CommandRun,
  queue: DeadLetterQueue,
): Promise<readonly string[] | undefined> {
  if (words.length === 0) return undefined;
  if (areWhole(words)) return words;
  const isWanted = (letter: Letter) => words.some((word) => isNamedBy(letter, word));
  // All of it is looked through: another id may begin alike.
  const peeked = await peek(queue, { isWanted, most: Infinity, signal });
  sayEnd(voice, peeked);
  if (peeked.end === 'interrupted') throw interrupted(queue, 'nothing was done');
  const { ids, problems } = resolveIds(words, peeked.letters);
  const list = new ProblemList();
  list.add(...problems);
  list.throwIfAny();
  return ids;
}

/** The chosen letters that are there. Nothing is held afterwards. */
export async function preview(
  { voice, signal }: CommandRun,
  queue: DeadLetterQueue,
  { ids, isWanted }: LetterChoice,
): Promise<{ letters: Letter[]; notFound: string[] }> {
  const wanted = ids === undefined ? undefined : new WantedIds(ids);
  const peeked = await peek(queue, {
    isWanted: (letter) => wanted?.has(letter) !== false && isWanted(letter),
    most: ids?.length ?? Infinity,
    signal,
  });
  sayEnd(voice, peeked);
  if (peeked.end === 'interrupted') throw interrupted(queue, 'nothing was done');
  peeked.letters.forEach((letter) => wanted?.find(letter));
  return { letters: peeked.letters, notFound: wanted?.missing ?? [] };
}

/**
 * Says what would be done.
 * @param what like `deleted from queue x`
 */
export async function sayPreview(
  { voice, options, terminal, clock }: CommandRun,
  letters: readonly Letter[],
  what: string,
): Promise<void> {
  if (options.json === true) {
    voice.writeText(JSON.stringify({ dryRun: true, ids: letters.map(({ id }) => id) }));
    return;
  }
  if (letters.length > 0) voice.writeText(await letterTable(letters, styleFor(terminal), clock.now()));
  voice.log.notice(`${plural(letters.length)} would be ${what}`);
}

/** Runs an action on all chosen letters, and shows how far it is. */
export async function settleChosen(
  run: CommandRun,
  queue: DeadLetterQueue,
  choice: LetterChoice,
  action: LetterAction,
): Promise<Settled> {
  const { visible } = await countLetters(queue);
  const bar = await createProgressBar(run, { total: visible, what: 'messages seen', isEstimate: true });
  const onSeen = (count: number) => {
    bar.add(count);
  };
  return settleAll(queue, choice, { action, signal: run.signal, onSeen }).finally(() => {
    bar.end();
  });
}

interface Report {
  /** What was done: `replayed`. */
  done: string;
  /** Behind it: ` from queue x`. */
  text: string;
  /** Further fields for machines. */
  fields?: Record<string, unknown>;
}

/**
 * Says what became of the choice.
 * @throws {UserError} if that is not all that was asked for
 */
export function reportSettled(
  { voice, options }: CommandRun,
  queue: DeadLetterQueue,
  settled: Settled,
  { done, text, fields }: Report,
): void {
  const { failures, notFound, end } = settled;
  if (options.json === true) {
    const failed = failures.map(({ item, reason }) => ({ id: item.id, reason }));
    const isComplete = end !== 'interrupted';
    voice.writeText(JSON.stringify({ [done]: settled.done, failed, notFound, isComplete, ...fields }));
  } else {
    voice.writeText(`${plural(settled.done)} ${done}${text}`);
  }
  sayEnd(voice, settled);
  if (end === 'interrupted') throw interrupted(queue, `${plural(settled.done)} ${done}`);
  throwIfIncomplete(queue, settled);
}

/** Says what the user should know of how it ended. */
export function sayEnd(
  { log }: Pick<Voice, 'log'>,
  { end, notReleased }: { end: SweepEnd; notReleased: number },
): void {
  if (end === 'too many held') {
    log.warning('SQS lets 120,000 messages of a queue be held at once: what is behind them was not seen');
  }
  if (notReleased > 0) {
    log.warning(
      `${plural(notReleased)} could not be released: SQS does so by itself within ${HELD_SECONDS} seconds`,
    );
  }
}

/** @param done what was done until then */
export function interrupted({ name }: DeadLetterQueue, done: string): UserError {
  return UserError.of({
    code: 'WATCHBOT_INTERRUPTED',
    place: `queue ${name}`,
    given: done,
    allowed: 'the whole of it',
    advice: 'run it again for the rest; what was held has been released',
  });
}

const MOST_LISTED = 20;

/** @throws {UserError} `WATCHBOT_DEAD_LETTERS` if something was not found or not done */
export function throwIfIncomplete(
  { name, isFifo }: DeadLetterQueue,
  { failures = [], notFound }: { failures?: Settled['failures']; notFound: readonly string[] },
): void {
  const problems = [
    ...failures.map(({ item, reason }) => `${item.id}: ${reason}`),
    ...notFound.map((id) => `${id}: not seen`),
  ];
  if (problems.length === 0) return;
  const more = problems.length > MOST_LISTED ? [`… and ${problems.length - MOST_LISTED} more`] : [];
  const why = isFifo
    ? 'is gone, is held by somebody, or is hidden behind others of its group'
    : 'is gone, or is held by somebody';
  throw UserError.of({
    code: 'WATCHBOT_DEAD_LETTERS',
    place: `queue ${name}`,
    given: [...problems.slice(0, MOST_LISTED), ...more].join('\n           '),
    advice:
      notFound.length === 0
        ? 'they are still dead letters; run it again for them'
        : `look with \`sls watchbot dead-letter list\`; one that is not seen ${why}`,
  });
}
