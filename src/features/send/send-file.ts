import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors/user-error';
import { INTERRUPTED, type CommandRun } from '../command/command';
import { optionWords } from '../command/options';
import { createProgressBar } from '../command/progress-bar';
import { checkFile, fileMessages, wrongLines, type FileCheck, type MessageFile } from './file-messages';
import { sendAll, type FailedLine, type PipelineResult } from './pipeline';
import type { SendPlan } from './plan';
import { createSendBatch, openDestination, type SendBatch } from './sender';

/** Sends the lines of a file: checks all of it, then sends, then says what became of it. Gives the exit code. */
export async function sendFile(
  run: CommandRun,
  plan: SendPlan,
  given: NonNullable<SendPlan['file']>,
): Promise<number> {
  const name = given.path;
  const { channel, common, worker } = plan;
  const file = { ...given, path: path.resolve(run.serviceFolder, name), channel, common };
  const check = await checked(run, file, name);
  if (run.signal.aborted) return INTERRUPTED;
  const result = await sendChecked(run, plan, file, check.messages);
  const { sent, failed, overtaken, nextLine, error } = result;
  run.voice.writeText(
    run.options.json === true
      ? JSON.stringify({
          worker: worker.name,
          to: channel.to,
          sent,
          failed,
          overtaken,
          nextLine: nextLine ?? null,
        })
      : fileText(run, plan, name, result),
  );
  if (error !== undefined) {
    const action = channel.to === 'topic' ? 'sns:Publish' : 'sqs:SendMessage';
    const call = { action, place: `messages to ${worker.name}` };
    await run.target.explain(call, () => Promise.reject(error as Error));
  }
  if (failed.length > 0 || overtaken.length > 0) return 1;
  return nextLine === undefined ? 0 : INTERRUPTED;
}

/** @throws {UserError} with what is wrong with the file, and nothing has been sent */
async function checked(
  { signal, voice, terminal }: CommandRun,
  file: MessageFile,
  name: string,
): Promise<FileCheck> {
  const stats = await stat(file.path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw wrongFile(`${name}: ${code === 'ENOENT' ? 'there is no such file' : message}`, cause);
  });
  if (!stats.isFile()) throw wrongFile(`${name}, which is no file that can be read twice`);
  const progress = voice.progress.get('watchbot-send');
  // Only on a terminal: the framework would write movements of the cursor into a file, too.
  if (terminal.error.isTTY === true) progress.notice(`Reading ${name}`);
  const check = await checkFile(file, signal).finally(() => {
    progress.remove();
  });
  if (signal.aborted) return check;
  if (check.problemCount > 0) throw wrongLines(name, check);
  if (check.messages > 0) return check;
  throw wrongFile(
    check.lastLine === 0
      ? `${name}, which is empty`
      : `${name}, whose last message is on line ${check.lastLine}: there is none from line ${file.startLine} on`,
  );
}

function wrongFile(given: string, cause?: unknown): UserError {
  const allowed = 'a file with a message on each line';
  return UserError.of({ code: 'WATCHBOT_MESSAGES_FILE', place: '--file', given, allowed }, cause);
}

async function sendChecked(
  run: CommandRun,
  plan: SendPlan,
  file: MessageFile,
  total: number,
): Promise<PipelineResult> {
  const sendBatch = await batchSender(run, plan);
  const bar = await createProgressBar(run, { total, what: 'messages' });
  return sendAll({
    messages: fileMessages(file, run.signal),
    sendBatch,
    channel: plan.channel,
    clock: run.clock,
    random: run.random,
    signal: run.signal,
    onSent: (count) => void bar.add(count),
  }).finally(() => {
    bar.end();
  });
}

async function batchSender(run: CommandRun, plan: SendPlan): Promise<SendBatch> {
  const { clients } = run.target;
  const destination = await openDestination(run, plan);
  const [sqs, sns] = await Promise.all([clients.sqs(), clients.sns()]);
  return createSendBatch({ sqs, sns }, destination, plan.channel.to);
}

/** What became of a file, for people. */
function fileText(
  run: CommandRun,
  { worker, channel }: SendPlan,
  name: string,
  result: PipelineResult,
): string {
  const { sent, failed, overtaken, nextLine } = result;
  const lines = [
    `Sent ${countOf(sent)} of ${name} to the ${channel.to} of ${worker.name} (${run.target.text})`,
  ];
  if (failed.length > 0) lines.push(`${countOf(failed.length)} not taken:`, ...failed.map(failedText));
  if (overtaken.length > 0) {
    lines.push(
      `Taken after a later message of their group, since AWS took a call in part: ${linesText(overtaken)}`,
    );
  }
  if (nextLine !== undefined) {
    const but = failed.some(({ line }) => line < nextLine) ? ' but those above' : '';
    lines.push(
      `Stopped. All before line ${nextLine} was sent${but}; to go on:`,
      `  ${resumeCommand(run, nextLine)}`,
    );
  }
  return lines.join('\n');
}

const countOf = (count: number) => (count === 1 ? '1 message' : `${count} messages`);

const failedText = ({ line, code, reason }: FailedLine) =>
  `  line ${line}: ${code}${reason === '' ? '' : `: ${reason}`}`;

const MAX_LINES_SHOWN = 20;

function linesText(lines: readonly number[]): string {
  const shown = lines.slice(0, MAX_LINES_SHOWN).map((line) => `line ${line}`);
  return [...shown, ...(lines.length > MAX_LINES_SHOWN ? ['…'] : [])].join(', ');
}

/** Options that change nothing about how the rest of a file is sent. */
const LEFT_OUT = ['start-line', 'json', 'verbose', 'debug'];

/** The command that sends the rest of a file, with the options that this call had. */
function resumeCommand({ asStarted, options }: CommandRun, startLine: number): string {
  const kept = Object.entries(options).filter(([name]) => !LEFT_OUT.includes(name));
  const words = [...kept.flatMap(optionWords), `--start-line ${startLine}`];
  return asStarted(`\`sls watchbot send ${words.join(' ')}\``).slice(1, -1);
}
