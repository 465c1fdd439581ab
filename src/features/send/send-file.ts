import path from 'node:path';
import { stat } from 'node:fs/promises';
import { UserError } from '../../errors/user-error';
import { createSendBatch } from './batch';
import { type CommandRun, INTERRUPTED } from '../command/command';
import { findDestination } from './destination';
import { sendAll, type PipelineResult } from './pipeline';
import { createProgressBar } from '../command/progress-bar';
import { checkFile, fileMessages, type FileCheck, type FilePlan } from './file-messages';
import type { SendPlan } from './plan';
import { actionsFor, fileText, lookUp } from './texts';

/** Sends the lines of a file. Gives the exit code. */
export async function sendFile(run: CommandRun, plan: SendPlan): Promise<number> {
  const { path: name, startLine, isEnvelope } = plan.file!;
  const file: FilePlan = { ...plan, path: path.resolve(run.serviceFolder, name), startLine, isEnvelope };
  const check = await checked(run, file, name);
  if (run.signal.aborted) return INTERRUPTED;
  const result = await sendChecked(run, plan, { file, total: check.messages });
  tell(run, plan, { name, result });
  if (result.error !== undefined)
    await run.target.explain(callOf(plan), () => Promise.reject(result.error as Error));
  if (result.failed.length > 0 || result.overtaken.length > 0) return 1;
  return result.nextLine === undefined ? 0 : INTERRUPTED;
}

const callOf = ({ way, worker }: SendPlan) => ({
  action: actionsFor(way.to),
  place: `messages to ${worker.name}`,
});

async function sendChecked(
  run: CommandRun,
  plan: SendPlan,
  { file, total }: { file: FilePlan; total: number },
): Promise<PipelineResult> {
  const { target, signal } = run;
  const { to } = plan.way;
  const sendBatch = await target.explain(lookUp(plan.worker), async () => {
    const [sqs, sns] = await Promise.all([target.clients.sqs(), target.clients.sns()]);
    return createSendBatch({ sqs, sns }, await findDestination(sqs, plan.address), to);
  });
  const bar = await createProgressBar(run, { total, what: 'messages' });
  try {
    const messages = fileMessages(file, signal);
    return await sendAll({
      messages,
      sendBatch,
      way: plan.way,
      signal,
      onSent: (count) => void bar.add(count),
    });
  } finally {
    bar.end();
  }
}

function tell(
  { options, voice, target }: CommandRun,
  plan: SendPlan,
  { name, result }: { name: string; result: PipelineResult },
): void {
  const { sent, failed, overtaken, nextLine } = result;
  if (options.json === true) {
    const { worker, way } = plan;
    const summary = { worker: worker.name, to: way.to, sent, failed, overtaken, nextLine: nextLine ?? null };
    voice.writeText(JSON.stringify(summary));
  } else {
    voice.writeText(
      fileText({ options, worker: plan.worker.name, where: target.text, to: plan.way.to, name }, result),
    );
  }
}

/** @throws {UserError} with what is wrong with the file, and nothing has been sent */
async function checked(
  { signal, voice, terminal }: CommandRun,
  file: FilePlan,
  name: string,
): Promise<FileCheck> {
  const refuse = (given: string, cause?: unknown) =>
    UserError.of(
      {
        code: 'WATCHBOT_MESSAGES_FILE',
        place: '--file',
        given,
        allowed: 'a file with a message on each line',
      },
      cause,
    );
  const stats = await stat(file.path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw refuse(`${name}: ${code === 'ENOENT' ? 'there is no such file' : message}`, cause);
  });
  if (!stats.isFile()) throw refuse(`${name}, which is no file that can be read twice`);
  const progress = voice.progress.get('watchbot-send');
  // The framework moves the cursor for it, also where there is none.
  if (terminal.error.isTTY === true) progress.notice(`Reading ${name}`);
  const check = await checkFile(file, signal).finally(() => {
    progress.remove();
  });
  if (signal.aborted) return check;
  if (check.problemCount > 0) throw wrongLines(name, check);
  if (check.messages > 0) return check;
  throw refuse(
    check.lastLine === 0
      ? `${name}, which is empty`
      : `${name}, whose last message is on line ${check.lastLine}: there is none from line ${file.startLine} on`,
  );
}

function wrongLines(name: string, { problems, problemCount }: FileCheck): UserError {
  const more = problemCount > problems.length ? `; the first ${problems.length} of them` : '';
  const count = problemCount === 1 ? 'a mistake' : `${problemCount} mistakes`;
  const heading = `${name} has ${count}, and nothing was sent${more}:`;
  return UserError.ofMany('WATCHBOT_MESSAGES_FILE', heading, problems);
}
