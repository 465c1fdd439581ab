import { UserError } from '../../errors/user-error';
import { deleteLetters } from './delete';
import { styleFor, type TextStyle, visibleLines } from '../command/terminal-text';
import { HeldLetters } from './held';
import { textOf, type Letter } from './letter';
import { OneByOne } from './one-by-one';
import { countLetters } from './queue';
import { Replay } from './replay';
import type { CommandRun } from '../command/command';
import { ask, openKeys, type Answer } from './ask';
import { sayEnd } from './ends';
import { open, type Opened } from './open';
import { describeLetter, logOf, type KnownLog } from './show';
import { plural } from './text';

type Counts = Record<'replay' | 'delete' | 'skip', number>;

/** `sls watchbot dead-letter triage`. */
export async function runTriage(run: CommandRun): Promise<void> {
  const { terminal, voice } = run;
  if (terminal.input.isTTY !== true || terminal.output.isTTY !== true) throw noTerminal();
  const opened = await open(run);
  const { queue } = opened;
  const look = styleFor(terminal);
  const held = new HeldLetters(queue);
  const counts: Counts = { replay: 0, delete: 0, skip: 0 };
  const keys = openKeys(run);
  let notReleased = 0;
  try {
    const { total } = await countLetters(queue);
    voice.writeText(look.colours.dim(`About ${plural(total)} in queue ${queue.name}\n`));
    await decideOnAll(
      { ...run, signal: keys.signal, terminal: { ...terminal, input: keys.input } },
      { opened, held, look, counts },
    );
  } finally {
    // First of all: writing to a terminal that was closed may end the process.
    notReleased = await held.end();
    keys.forget();
  }
  sayEnd(voice, { end: 'nothing more', notReleased });
  voice.writeText(`\n${counts.replay} replayed, ${counts.delete} deleted, ${counts.skip} skipped`);
  const { total } = await countLetters(queue);
  voice.writeText(`About ${plural(total)} left in queue ${queue.name}`);
}

interface Desk {
  opened: Opened;
  held: HeldLetters;
  look: TextStyle;
  counts: Counts;
}

async function decideOnAll(run: CommandRun, desk: Desk): Promise<void> {
  const { opened, held } = desk;
  const line = new OneByOne(opened.queue, held);
  const replay = new Replay(opened.queue, held);
  while (!run.signal.aborted) {
    const letter = await line.next(run.signal);
    if (letter === undefined) break;
    if (replay.isBack(letter)) continue;
    const log = await logOf(run, opened, letter);
    run.voice.writeText(await page(letter, log, desk.look));
    const answer = await answerTo(run, log);
    if (answer === 'stop') return;
    if (!held.has(letter)) {
      run.voice.log.warning('It was held for too long and is back in the queue: nothing was done with it');
      continue;
    }
    await carryOut(run, desk, { letter, answer, replay });
  }
  if (!run.signal.aborted) run.voice.writeText('No more dead letters to decide on.');
}

/** Shows the log as often as it is asked for. */
async function answerTo(run: CommandRun, log: KnownLog): Promise<Exclude<Answer, 'logs'>> {
  for (;;) {
    const answer = await ask(run, 'lines' in log && log.lines.length > 0);
    if (answer !== 'logs') return answer;
    if ('lines' in log) run.voice.writeText(`${logText(log)}\n`);
  }
}

async function carryOut(
  { voice }: CommandRun,
  { opened: { queue }, held, counts }: Desk,
  { letter, answer, replay }: { letter: Letter; answer: keyof Counts; replay: Replay },
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

const MOST_BODY_LINES = 20;
const MOST_BODY_LENGTH = 4000;
const LAST_LINES = 5;

/** One message, so that it fits a screen. */
async function page(letter: Letter, log: KnownLog, look: TextStyle): Promise<string> {
  const { colours, width = 80 } = look;
  const body = visibleLines(textOf(letter).slice(0, MOST_BODY_LENGTH)).split('\n');
  const isCut = body.length > MOST_BODY_LINES || textOf(letter).length > MOST_BODY_LENGTH;
  const parts = [
    colours.dim('─'.repeat(width)),
    await describeLetter(letter, log, look),
    '',
    ...body.slice(0, MOST_BODY_LINES),
    ...(isCut ? [colours.dim(`… \`sls watchbot dead-letter show ${letter.id}\` shows all`)] : []),
  ];
  if ('lines' in log && log.lines.length > 0) {
    parts.push('', colours.dim('last lines of its log'), logText({ lines: log.lines.slice(-LAST_LINES) }));
  }
  return `${parts.join('\n')}\n`;
}

const logText = ({ lines }: { lines: readonly { text: string }[] }) =>
  lines.map(({ text }) => visibleLines(text.trimEnd())).join('\n');

function noTerminal(): UserError {
  return UserError.of({
    code: 'WATCHBOT_ARGUMENTS',
    place: 'sls watchbot dead-letter triage',
    given: 'no terminal to ask at',
    allowed: 'a terminal',
    advice: 'in scripts use `dead-letter list --json`, then `replay` and `delete` with ids or filters',
  });
}
