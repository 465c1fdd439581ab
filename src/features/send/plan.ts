import { text } from 'node:stream/consumers';
import type { Worker } from '../../config/configuration';
import type { Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { DAY_SECONDS, DURATION_FORMS, MINUTE_SECONDS } from '../../shared/durations';
import { parseObject } from '../../shared/json';
import type { CommandRun, Options } from '../command/command';
import {
  argumentProblem,
  contradictionsIn,
  durationOption,
  listOption,
  numberOption,
  ProblemList,
  textOption,
} from '../command/options';
import { chooseWorker, workerAddress, type WorkerAddress } from '../stack/workers';
import {
  channelTo,
  messageProblems,
  type Channel,
  type MessageAttribute,
  type OutgoingMessage,
} from './message';
import { hasScheduleRole } from './schedule';

/** What a call of `send` is to do, checked. */
export interface SendPlan {
  worker: Worker;
  address: WorkerAddress;
  channel: Channel;
  /** What the command line says for all messages. */
  common: Omit<OutgoingMessage, 'body'>;
  /** Undefined: the lines of a file are sent. */
  body: string | undefined;
  file: { path: string; startLine: number; isEnvelope: boolean } | undefined;
  /** Longer than SQS itself can wait. */
  scheduleSeconds: number | undefined;
  /** Undefined: nobody waits for the outcome. */
  wait: { timeoutSeconds: number } | undefined;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
const MAX_SQS_DELAY_SECONDS = 15 * MINUTE_SECONDS;

/**
 * Reads all of the command line, and the message on standard input.
 * @throws {UserError} with all that is wrong, before anything is sent
 */
export async function planSend(run: CommandRun): Promise<SendPlan> {
  const { options, configuration } = run;
  const problems = new ProblemList();
  const typed = readOptions(options, problems);
  problems.add(...contradictions(run, typed.delaySeconds));
  const body = 'file' in options ? undefined : await problems.readLater(() => messageBody(run));
  const worker = problems.read(() => chooseWorker(configuration, textOption(options, 'worker')));
  // Without a worker there is nothing to check against.
  if (worker === undefined) return problems.throwThem();
  const plan = planFor(run, worker, { ...typed, body });
  problems.add(...delayProblems(plan, typed.delaySeconds, run.target.isLocal));
  problems.add(...messageProblems(sampleOf(plan), plan.channel));
  problems.throwIfAny();
  return plan;
}

type TypedOptions = ReturnType<typeof readOptions>;

function readOptions(options: Options, problems: ProblemList) {
  const read = (name: string) => problems.read(() => textOption(options, name));
  return {
    subject: read('subject'),
    groupId: read('group'),
    deduplicationId: read('dedup'),
    attributes: readAttributes(options, problems),
    delaySeconds: problems.read(() => durationOption(options, 'delay', MAX_DELAY)) ?? 0,
    file: problems.read(() => readFileOptions(options)),
    wait: problems.read(() => readWait(options)),
  };
}

const MAX_DELAY = { mostSeconds: 365 * DAY_SECONDS, most: '365d' };

const ATTRIBUTE_TYPES = ['String', 'Number'] as const;
const ATTRIBUTE = /^([^=:]+)(?::([^=]*))?=(.*)$/s;

/** `--attribute key=value`, or `--attribute key:Number=5`, any number of times. */
function readAttributes(options: Options, problems: ProblemList): Record<string, MessageAttribute> {
  const attributes: Record<string, MessageAttribute> = {};
  for (const given of listOption(options, 'attribute')) {
    const [, name = '', typeName = 'String', value = ''] = ATTRIBUTE.exec(given) ?? [];
    const type = ATTRIBUTE_TYPES.find((each) => each === typeName);
    if (name === '' || type === undefined) {
      const allowed = 'NAME=TEXT, or NAME:Number=NUMBER';
      problems.add(argumentProblem('--attribute', { given, allowed }));
    } else if (Object.hasOwn(attributes, name)) {
      problems.add(argumentProblem('--attribute', { given: `${name}, twice`, allowed: 'each name once' }));
    } else attributes[name] = { type, value };
  }
  return attributes;
}

const MAX_LINE = 1_000_000_000_000;

function readFileOptions(options: Options): SendPlan['file'] {
  const path = textOption(options, 'file');
  if (path === undefined) return undefined;
  const startLine = numberOption(options, 'start-line', { least: 1, most: MAX_LINE, otherwise: 1 });
  return { path, startLine, isEnvelope: options.envelope === true };
}

const MAX_TIMEOUT = { mostSeconds: 14 * DAY_SECONDS, most: '14d', isBareSeconds: true };
const DEFAULT_TIMEOUT_SECONDS = 5 * MINUTE_SECONDS;

function readWait(options: Options): SendPlan['wait'] {
  const timeoutSeconds = durationOption(options, 'timeout', MAX_TIMEOUT) ?? DEFAULT_TIMEOUT_SECONDS;
  return options.wait === true ? { timeoutSeconds } : undefined;
}

/** Options that mean nothing together. */
function contradictions({ options, words }: CommandRun, delaySeconds: number): Problem[] {
  const has = (name: string) => options[name] !== undefined && options[name] !== false;
  const isLong = delaySeconds > MAX_SQS_DELAY_SECONDS;
  return contradictionsIn([
    [has('file') && words.length > 0, 'MESSAGE', 'a message and --file', 'one of them'],
    [
      has('file') && has('wait'),
      '--wait',
      'with --file',
      'one message',
      'leave --wait out; `sls watchbot status` shows how far a file is',
    ],
    [
      has('file') && has('dedup'),
      '--dedup',
      'with --file',
      'one message; with --envelope, a line has its own `dedup`',
    ],
    [has('file') && isLong, '--delay', 'more than 15m, with --file', 'at most 15m'],
    [has('start-line') && !has('file'), '--start-line', 'without --file', 'with --file'],
    [has('envelope') && !has('file'), '--envelope', 'without --file', 'with --file'],
    [has('timeout') && !has('wait'), '--timeout', 'without --wait', 'with --wait'],
    [
      has('wait') && isLong,
      '--wait',
      'with a --delay of more than 15m',
      'a message that SQS has: before it is sent it has no id to wait for',
    ],
  ]);
}

/** What sends a message, to a worker that there is. */
function example({ configuration: { workers }, options }: CommandRun): string {
  const worker = workers.find(({ name }) => name === options.worker) ?? workers[0];
  const name = workers.length > 1 && options.worker === undefined ? ` --worker ${worker?.name}` : '';
  const group = worker?.queue.fifo === true && options.group === undefined ? ' --group a' : '';
  return `\`sls watchbot send '{"z":1}'${name}${group}\``;
}

/**
 * The compose of Serverless 3 joins the words of a command by colons, and cuts them at every colon. Only of JSON it can be
 * told that it was one word: `hello world` without quotes comes as two, too.
 */
export function uncut(words: readonly string[]): readonly string[] {
  const joined = words.join(':');
  return words.length > 1 && parseObject(joined) !== undefined ? [joined] : words;
}

/** The only word, or standard input if there is none. */
async function messageBody(run: CommandRun): Promise<string> {
  const { words, terminal } = run;
  const isCompose = terminal.environment.SLS_COMPOSE !== undefined;
  const [body, ...others] = isCompose ? uncut(words) : words;
  if (others.length > 0) {
    throw UserError.of(
      argumentProblem('sls watchbot send', {
        given: `${others.length + 1} words`,
        allowed: 'one message',
        advice: isCompose
          ? 'compose cuts a message at its colons: give it by --file, or call the service from its own folder'
          : `put it into quotes: ${example(run)}`,
      }),
    );
  }
  if (body !== undefined) return body;
  if (terminal.input.isTTY === true) {
    throw UserError.of(
      argumentProblem('sls watchbot send', {
        given: 'no message',
        allowed: 'a message as an argument, on standard input, or --file FILE',
        advice: example(run),
      }),
    );
  }
  return text(terminal.input);
}

function planFor(
  { options, configuration }: CommandRun,
  worker: Worker,
  { body, delaySeconds, file, wait, ...message }: TypedOptions & { body: string | undefined },
): SendPlan {
  const address = workerAddress(configuration, worker);
  const isScheduled = delaySeconds > MAX_SQS_DELAY_SECONDS;
  return {
    worker,
    address,
    // A topic cannot wait: what is delayed goes straight to the queue.
    channel: channelTo(address, options.queue === true || delaySeconds > 0),
    common: { ...message, delaySeconds: delaySeconds === 0 || isScheduled ? undefined : delaySeconds },
    body,
    file,
    wait,
    scheduleSeconds: isScheduled ? delaySeconds : undefined,
  };
}

/** A delay goes straight to the queue; beyond 15 minutes EventBridge Scheduler sends, which knows only bodies and groups. */
function delayProblems(
  { worker, channel, common }: SendPlan,
  delaySeconds: number,
  isLocal: boolean,
): Problem[] {
  if (delaySeconds === 0) return [];
  const problem = (given: string, allowed: string, advice?: string) =>
    argumentProblem('--delay', { given, allowed, ...(advice === undefined ? {} : { advice }) });
  if (delaySeconds <= MAX_SQS_DELAY_SECONDS) {
    return channel.isFifo
      ? [problem('a FIFO queue', 'a standard queue: messages of a FIFO queue have no delay of their own')]
      : [];
  }
  if (isLocal) return [problem('more than 15m, with --local', 'at most 15m: the emulator has no scheduler')];
  const noRole = problem(
    'more than 15m',
    `${DURATION_FORMS}; at most 15m, which is how long SQS can wait`,
    'beyond it EventBridge Scheduler sends, with the role that a worker with `events: - schedule` has (`enabled: false` is enough)',
  );
  const onlyBody = problem(
    'more than 15m, with --attribute or --dedup',
    'neither: EventBridge Scheduler sends a body',
  );
  const hasAttributes = Object.keys(common.attributes ?? {}).length > 0;
  return [
    ...(hasScheduleRole(worker) ? [] : [noRole]),
    ...(hasAttributes || common.deduplicationId !== undefined ? [onlyBody] : []),
  ];
}

/** Stands for the messages that will be sent, as far as the command line says what they have. */
function sampleOf({ common, body = 'x', file }: SendPlan): OutgoingMessage {
  const groupId = common.groupId ?? (file?.isEnvelope === true ? 'x' : undefined);
  return { ...common, body, groupId };
}
