import type { Worker } from '../../config/configuration';
import { ProblemList, durationOption, numberOption, textOption } from '../command/options';
import { workerAddress, type WorkerAddress, chooseWorker } from '../stack/workers';
import { messageProblems, wayTo, type OutgoingMessage, type Way } from './message';
import type { CommandRun, Options } from '../command/command';
import { attributesOption } from './attributes';
import { messageBody } from './body';
import { contradictions, delayProblems, MAX_SQS_DELAY_SECONDS } from './rules';

/** What a call of `send` is to do, checked. */
export interface SendPlan {
  worker: Worker;
  address: WorkerAddress;
  way: Way;
  /** Of all messages: what the command line says. */
  common: Omit<OutgoingMessage, 'body'>;
  /** Undefined: a file's lines are sent. */
  body: string | undefined;
  file: { path: string; startLine: number; isEnvelope: boolean } | undefined;
  /** Longer than SQS itself can wait. */
  scheduleSeconds: number | undefined;
  /** Undefined: nobody waits for the outcome. */
  wait: { timeoutSeconds: number } | undefined;
}

const MAX_DELAY = { mostSeconds: 365 * 86_400, most: '365d' };
const MAX_LINE = 1_000_000_000_000;
const MAX_TIMEOUT = { mostSeconds: 14 * 86_400, most: '14d' };
const DEFAULT_TIMEOUT_SECONDS = 300;

/**
 * All of the command line, and the message on standard input.
 * @throws {UserError} with all that is wrong, before anything is sent
 */
export async function planSend(run: CommandRun): Promise<SendPlan> {
  const { options, configuration } = run;
  const problems = new ProblemList();
  const given = readOptions(options, problems);
  problems.add(...contradictions(run, given));
  const body = 'file' in options ? undefined : await problems.readLater(() => messageBody(run));
  const worker = problems.read(() => chooseWorker(configuration, textOption(options, 'worker')));
  // Without a worker there is nothing to check against.
  if (worker === undefined) return problems.throwThem();
  const plan = complete(run, { ...given, worker, body });
  const { delaySeconds } = given;
  problems.add(...delayProblems({ ...plan, delaySeconds, isLocal: run.target.isLocal }));
  problems.add(...messageProblems(sampleOf(plan), plan.way));
  problems.throwIfAny();
  return plan;
}

type Given = ReturnType<typeof readOptions>;

function readOptions(options: Options, problems: ProblemList) {
  const text = (name: string) => problems.read(() => textOption(options, name));
  return {
    subject: text('subject'),
    groupId: text('group'),
    deduplicationId: text('dedup'),
    attributes: attributesOption(options, problems),
    delaySeconds: problems.read(() => durationOption(options, 'delay', MAX_DELAY)) ?? 0,
    file: problems.read(() => fileOf(options)),
    wait: problems.read(() => waitOf(options)),
  };
}

function complete(
  { options, configuration }: CommandRun,
  { worker, body, delaySeconds, file, wait, ...given }: Given & { worker: Worker; body: string | undefined },
): SendPlan {
  const address = workerAddress(configuration, worker);
  const isScheduled = delaySeconds > MAX_SQS_DELAY_SECONDS;
  return {
    worker,
    address,
    // A topic cannot wait: what is delayed goes straight to the queue.
    way: wayTo(address, options.queue === true || delaySeconds > 0),
    common: { ...given, delaySeconds: delaySeconds === 0 || isScheduled ? undefined : delaySeconds },
    body,
    file,
    wait,
    scheduleSeconds: isScheduled ? delaySeconds : undefined,
  };
}

/** A message as good as those that will be sent, as far as the command line says. */
function sampleOf({ common, body = 'x', file }: SendPlan): OutgoingMessage {
  const groupId = common.groupId ?? (file?.isEnvelope === true ? 'x' : undefined);
  return { ...common, body, groupId };
}

function fileOf(options: Options): SendPlan['file'] {
  const path = textOption(options, 'file');
  if (path === undefined) return undefined;
  const startLine = numberOption(options, 'start-line', { least: 1, most: MAX_LINE, otherwise: 1 });
  return { path, startLine, isEnvelope: options.envelope === true };
}

function waitOf(options: Options): SendPlan['wait'] {
  const timeoutSeconds = durationOption(options, 'timeout', MAX_TIMEOUT) ?? DEFAULT_TIMEOUT_SECONDS;
  return options.wait === true ? { timeoutSeconds } : undefined;
}
