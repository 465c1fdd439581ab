import { PassThrough } from 'node:stream';
import { UserError } from '../../errors/user-error';
import type { CommandRun } from '../command/command';
import { argumentProblem } from '../command/options';
import { styleFor, visibleLines, type TextStyle } from '../command/terminal-text';
import { openQueue, sayEnd, type OpenedQueue } from './choice';
import { deleteLetters, HeldLetters } from './held';
import { textOf, type Letter } from './letter';
import { Replay } from './put-back';
import { countLetters } from './queue';
import { describeLetter, logOf, type KnownLog } from './show';
import { OneByOne } from './sweep';
import { plural } from './text';

type Counts = Record<'replay' | 'delete' | 'skip', number>;

/** `sls watchbot dead-letter triage`. */
export async function runTriage(run: CommandRun): Promise<void> {
  const { terminal, voice } = run;
  if (terminal.input.isTTY !== true || terminal.output.isTTY !== true) throw noTerminal();
  const opened = await openQueue(run);
  const { queue } = opened;
  const style = styleFor(terminal);
  const held = new HeldLetters(queue);
  const counts: Counts = { replay: 0, delete: 0, skip: 0 };
  const keys = openKeys(run);
  let notReleased = 0;
  try {
    const { total } = await countLetters(queue);
    voice.writeText(style.colours.dim(`About ${plural(total)} in queue ${queue.name}\n`));
    await decideOnAll(
      { ...run, signal: keys.signal, terminal: { ...terminal, input: keys.input } },
      { opened, held, replay: new Replay(queue, held), style, counts },
    );
  } finally {
    // Before anything is written: writing to a closed terminal may end the process.
    notReleased = await held.end();
    keys.forget();
  }
  sayEnd(voice, { end: 'nothing more', notReleased });
  voice.writeText(`\n${counts.replay} replayed, ${counts.delete} deleted, ${counts.skip} skipped`);
  const { total } = await countLetters(queue);
  voice.writeText(`About ${plural(total)} left in queue ${queue.name}`);
}

function noTerminal(): UserError {
  return UserError.of(
    argumentProblem('sls watchbot dead-letter triage', {
      given: 'no terminal to ask at',
      allowed: 'a terminal',
      advice: 'in scripts use `dead-letter list --json`, then `replay` and `delete` with ids or filters',
    }),
  );
}

interface Triage {
  opened: OpenedQueue;
  held: HeldLetters;
  replay: Replay;
  style: TextStyle;
  counts: Counts;
}

async function decideOnAll(run: CommandRun, triage: Triage): Promise<void> {
  const { opened, held, replay, style } = triage;
  const letters = new OneByOne(opened.queue, held);
  while (!run.signal.aborted) {
    const letter = await letters.next(run.signal);
    if (letter === undefined) break;
    if (replay.isBack(letter)) continue;
    const log = await logOf(run, opened, letter);
    run.voice.writeText(await page(run, letter, log, style));
    const answer = await answerTo(run, log);
    if (answer === 'stop') return;
    if (!held.has(letter)) {
      run.voice.log.warning('It was held for too long and is back in the queue: nothing was done with it');
      continue;
    }
    await carryOut(run, triage, letter, answer);
  }
  if (!run.signal.aborted) run.voice.writeText('No more dead letters to decide on.');
}

const MOST_BODY_LINES = 20;
const MOST_BODY_LENGTH = 4000;
const LAST_LINES = 5;

/** One message, so that it fits a screen. */
async function page(run: CommandRun, letter: Letter, log: KnownLog, style: TextStyle): Promise<string> {
  const { colours, width = 80 } = style;
  const body = visibleLines(textOf(letter).slice(0, MOST_BODY_LENGTH)).split('\n');
  const more = run.asStarted(`… \`sls watchbot dead-letter show ${letter.id}\` shows all`);
  const isCut = body.length > MOST_BODY_LINES || textOf(letter).length > MOST_BODY_LENGTH;
  const parts = [
    colours.dim('─'.repeat(width)),
    await describeLetter(letter, log, style, run.clock.now()),
    '',
    ...body.slice(0, MOST_BODY_LINES),
    ...(isCut ? [colours.dim(more)] : []),
  ];
  if ('lines' in log && log.lines.length > 0) {
    parts.push('', colours.dim('last lines of its log'), logText(log.lines.slice(-LAST_LINES)));
  }
  return `${parts.join('\n')}\n`;
}

const logText = (lines: readonly { text: string }[]) =>
  lines.map(({ text }) => visibleLines(text.trimEnd())).join('\n');

/** Shows the log as often as it is asked for. */
async function answerTo(run: CommandRun, log: KnownLog): Promise<Exclude<Answer, 'logs'>> {
  for (;;) {
    const answer = await ask(run, 'lines' in log && log.lines.length > 0);
    if (answer !== 'logs') return answer;
    if ('lines' in log) run.voice.writeText(`${logText(log.lines)}\n`);
  }
}

async function carryOut(
  { voice }: CommandRun,
  { opened: { queue }, held, replay, counts }: Triage,
  letter: Letter,
  answer: keyof Counts,
): Promise<void> {
  const failures =
    answer === 'replay'
      ? await replay.run([letter])
      : answer === 'delete'
        ? await deleteLetters(queue, held, [letter])
        : [];
  failures.forEach(({ reason }) => voice.log.error(`Not done: ${reason}`));
  if (failures.length === 0) counts[answer] += 1;
  await held.release();
}

type Answer = 'replay' | 'delete' | 'skip' | 'logs' | 'stop';

const CHOICES: readonly { value: Answer; name: string }[] = [
  { value: 'skip', name: 'skip     leave it, and give it back at once' },
  { value: 'replay', name: 'replay   put it back into the work queue' },
  { value: 'delete', name: 'delete   for good' },
  { value: 'logs', name: 'logs     show all that the log says of it' },
  { value: 'stop', name: 'stop     give it back and end' },
];

/** Asks what to do with a message. A Ctrl-C is a stop, and so is a terminal that was closed. */
async function ask({ terminal, signal }: CommandRun, hasLog: boolean): Promise<Answer> {
  const { default: select } = await import('@inquirer/select');
  const possible = CHOICES.filter(({ value }) => hasLog || value !== 'logs');
  const choices = possible.map((choice) => ({ ...choice, short: choice.value }));
  const { input, output } = terminal;
  try {
    return await select({ message: 'What to do with it?', choices, loop: false }, { input, output, signal });
  } catch (error) {
    if (!STOPS.includes((error as Error).name)) throw error;
    return 'stop';
  }
}

const STOPS = ['ExitPromptError', 'AbortPromptError'];

/** The keys of a terminal that may be closed at any moment. */
interface Keys {
  input: PassThrough;
  /** Given when the command is told to stop, and when the terminal is closed. */
  signal: AbortSignal;
  forget: () => void;
}

type RawInput = CommandRun['terminal']['input'] & { setRawMode?: (isRaw: boolean) => unknown };

/**
 * Reading from a closed terminal, writing to it or setting something on it fails, and must not end the process before all
 * that is held is released. A prompt would let the process end, so it gets the keys, but not the terminal itself.
 */
function openKeys({ terminal: { input, output }, signal }: CommandRun): Keys {
  const closed = new AbortController();
  const stop = () => {
    closed.abort();
  };
  const raw = input as RawInput;
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => raw.setRawMode?.(isRaw),
  });
  input.on('end', stop);
  // These listeners stay: what is under way when the terminal is closed fails later.
  input.on('error', stop);
  output.on('error', stop);
  input.pipe(keys);
  return {
    input: keys,
    signal: AbortSignal.any([signal, closed.signal]),
    forget: () => {
      input.off('end', stop);
      input.unpipe(keys);
      input.pause();
    },
  };
}
