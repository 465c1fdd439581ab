import { UserError } from '../../errors/user-error';
import { describeDuration } from '../../shared/durations';
import { describeSize } from '../../shared/sizes';
import type { CommandRun } from '../command/command';
import { argumentProblem } from '../command/options';
import { fieldTable, styleFor, visibleLines, type TextStyle } from '../command/terminal-text';
import { openLog } from '../logs/source';
import { messageLog, type MessageLog } from './attempts';
import { openQueue, preview, throwIfIncomplete, wordsAsIds, type OpenedQueue } from './choice';
import type { Letter } from './letter';
import { attributesOf, letterJson, timeLeft, visibleBody } from './text';

/** `sls watchbot dead-letter show ID…`. */
export async function runShow(run: CommandRun): Promise<void> {
  const { words, options, voice, terminal } = run;
  if (words.length === 0) throw noIds();
  const opened = await openQueue(run);
  const { queue } = opened;
  const nowMs = run.clock.now();
  const ids = await wordsAsIds(run, queue);
  const { letters, notFound } = await preview(run, queue, { ids, isWanted: () => true });
  const style = styleFor(terminal);
  for (const letter of letters) {
    const log = await logOf(run, opened, letter);
    voice.writeText(
      options.json === true
        ? JSON.stringify({ ...letterJson(letter, nowMs), ...logJson(log) })
        : `${await describeLetter(letter, log, style, nowMs)}\n\n${visibleBody(letter)}\n`,
    );
  }
  throwIfIncomplete(queue, { notFound });
}

function noIds(): UserError {
  return UserError.of(
    argumentProblem('sls watchbot dead-letter show', {
      given: 'no id',
      allowed: 'ids of dead letters',
      advice: '`sls watchbot dead-letter list` shows them',
    }),
  );
}

/** What the log says of a message, or why nothing is known. */
export type KnownLog = MessageLog | { missing: string };

export async function logOf(
  run: CommandRun,
  { worker, deployed, queue }: OpenedQueue,
  letter: Letter,
): Promise<KnownLog> {
  const { logGroup } = deployed;
  if (!run.target.isLocal && logGroup === undefined) {
    return { missing: 'the stack has no log group of this worker' };
  }
  const earlierMs = queue.isFifo ? worker.queue.retention * 1000 : 0;
  try {
    const onWaiting = (text: string) => void run.voice.log.notice(text);
    const log = await openLog(run, worker, { onWaiting, logGroup });
    return await messageLog(log, letter, { earlierMs, signal: run.signal });
  } catch (error) {
    // The message itself can be shown without its log.
    if (!(error instanceof UserError)) throw error;
    return { missing: error.problems.map(({ given = error.message }) => given).join('; ') };
  }
}

const logJson = (log: KnownLog) =>
  'missing' in log
    ? { attempts: null, log: null, notRead: log.missing }
    : { attempts: log.attempts, log: log.lines.map(({ text }) => text), notRead: null };

/** All but the body. */
export async function describeLetter(
  letter: Letter,
  log: KnownLog,
  style: TextStyle,
  nowMs: number,
): Promise<string> {
  const { id, sentAt, receives, sizeBytes, groupId, envelope } = letter;
  const age = describeDuration(nowMs - sentAt.getTime());
  const optional = (name: string, text: string | undefined): [string, string][] =>
    text === undefined ? [] : [[name, visibleLines(text)]];
  return fieldTable(
    [
      ['id', style.colours.bold(id)],
      ['sent', `${sentAt.toISOString()}, ${age} ago`],
      ['expires', expiryText(letter, style, nowMs)],
      ['receives', `${receives}, with looks at it here`],
      ['size', describeSize(sizeBytes)],
      ...optional('group', groupId),
      ...optional('subject', envelope?.subject),
      ...attributesOf(letter).map(([name, type, value], index): [string, string] => [
        index === 0 ? 'attributes' : '',
        visibleLines(`${name} = ${value} (${type})`),
      ]),
      ...attemptFields(log),
    ],
    style,
  );
}

function expiryText(letter: Letter, style: TextStyle, nowMs: number): string {
  const { expiresAt } = letter;
  if (expiresAt === undefined) return 'not known: SQS does not say how long its queue keeps messages';
  return `${expiresAt.toISOString()}, in ${timeLeft(letter, style, nowMs)}`;
}

function attemptFields(log: KnownLog): [string, string][] {
  if ('missing' in log) return [['attempts', visibleLines(log.missing)]];
  if (log.attempts.length === 0) return [['attempts', 'the log has no line of one']];
  return log.attempts.map(({ at, result, receives, reason }, index): [string, string] => [
    index === 0 ? 'attempts' : '',
    `${at.toISOString()} receive ${receives}: ${result} (${visibleLines(reason)})`,
  ]);
}
