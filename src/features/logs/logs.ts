import { once } from 'node:events';
import type { Worker } from '../../config/configuration';
import { readLine } from '../../contract/log-lines';
import type { Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { DAY_SECONDS, MINUTE_SECONDS } from '../../shared/durations';
import type { CommandRun } from '../command/command';
import { argumentProblem, contradictionsIn, ProblemList, textOption, timeOption } from '../command/options';
import { coloursFor } from '../command/terminal-text';
import { chooseWorker } from '../stack/workers';
import { readEvent, traceJob, type JobTrace, type ShownLine } from './lines';
import { openLog, type LogEvent, type WorkerLog } from './source';
import { lineForMachines, lineForPeople } from './text';

/** `sls watchbot logs`. */
export async function runLogs(run: CommandRun): Promise<void> {
  const { options, terminal, signal, voice } = run;
  const plan = planLogs(run, run.clock.now());
  const log = await openLog(run, plan.worker, { onWaiting: (text) => void voice.log.notice(text) });
  const trace = plan.message === undefined ? undefined : await findMessage(log, plan, signal);
  const colours = coloursFor(terminal.output, terminal.environment);
  const toText = options.json === true ? lineForMachines : (line: ShownLine) => lineForPeople(line, colours);
  const writer = createLineWriter(terminal.output);
  let count = 0;
  for await (const event of eventsOf(log, plan, trace, signal)) {
    const line = readEvent(event);
    if (!isWanted(line, plan, trace)) continue;
    count += 1;
    if (!(await writer.write(toText(line)))) return;
  }
  if (count === 0 && !plan.isTail && options.json !== true) voice.log.notice(nothing(plan));
}

/** What a call of `logs` is to show, checked. */
interface LogsPlan {
  worker: Worker;
  sinceMs: number;
  untilMs: number | undefined;
  isTail: boolean;
  filter: string | undefined;
  pattern: string | undefined;
  /** A message's id, or how that begins. */
  message: string | undefined;
  isErrors: boolean;
}

/** Seconds: how far back it looks if `--since` is not given. */
const DEFAULT_SINCE = { lines: 10 * MINUTE_SECONDS, message: DAY_SECONDS };

/** @throws {UserError} with all that is wrong */
function planLogs({ options, configuration, target }: CommandRun, nowMs: number): LogsPlan {
  const problems = new ProblemList();
  const text = (name: string) => problems.read(() => textOption(options, name));
  const worker = problems.read(() => chooseWorker(configuration, textOption(options, 'worker')));
  const message = text('message');
  const untilMs = problems.read(() => timeOption(options, 'until', nowMs));
  const since = problems.read(() => timeOption(options, 'since', nowMs));
  const sinceMs =
    since ?? (untilMs ?? nowMs) - DEFAULT_SINCE[message === undefined ? 'lines' : 'message'] * 1000;
  const plan = {
    sinceMs,
    untilMs,
    isTail: options.tail === true,
    filter: text('filter'),
    pattern: text('pattern'),
    message,
    isErrors: options.errors === true,
  };
  problems.add(...contradictions(plan, target.isLocal));
  if (worker === undefined) return problems.throwThem();
  problems.throwIfAny();
  return { worker, ...plan };
}

/** Long enough to identify a message, as the eight characters that lines show. */
const MESSAGE_ID = /^[0-9a-f-]{4,36}$/i;

function contradictions(plan: Omit<LogsPlan, 'worker'>, isLocal: boolean): Problem[] {
  const { isTail, untilMs = Infinity, sinceMs, message = '0000', pattern } = plan;
  const hasPattern = pattern !== undefined;
  return contradictionsIn([
    [isTail && untilMs !== Infinity, '--until', 'with --tail', 'one of them'],
    [untilMs < sinceMs, '--until', 'a time before --since', 'a later one'],
    [!MESSAGE_ID.test(message), '--message', message, "a message's id, or its first characters: 4 at least"],
    [hasPattern && plan.message !== undefined, '--pattern', 'with --message', 'one of them; or --filter'],
    [hasPattern && isLocal, '--pattern', 'with --local', '--filter TEXT'],
  ]);
}

const WHOLE_ID_LENGTH = 36;

/**
 * The job of a message, with all of its ids that the log knows by now.
 * @throws {UserError} if several messages begin with what was given, or none does
 */
async function findMessage(log: WorkerLog, plan: LogsPlan, signal: AbortSignal): Promise<JobTrace> {
  const given = (plan.message ?? '').toLowerCase();
  const id = given.length === WHOLE_ID_LENGTH ? given : await wholeId(log, plan, signal);
  const { sinceMs, untilMs } = plan;
  return traceJob(log, { ids: [id], query: { sinceMs, untilMs }, signal });
}

/** The id that begins so: the queue's, or the topic's. */
async function wholeId(log: WorkerLog, plan: LogsPlan, signal: AbortSignal): Promise<string> {
  const given = (plan.message ?? '').toLowerCase();
  const found = new Set<string>();
  // CloudWatch finds words, and not how they begin: all lines are read.
  for await (const { line } of log.read({ sinceMs: plan.sinceMs, untilMs: plan.untilMs }, signal)) {
    const { messageId, topicMessageId } = readLine(line);
    for (const id of [messageId, topicMessageId]) if (id?.startsWith(given) === true) found.add(id);
  }
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  throw UserError.of(only === undefined ? unknown(given) : ambiguous(given, [...found]));
}

function unknown(given: string): Problem {
  return argumentProblem('--message', {
    given: `${given}, with which no id in this time begins`,
    allowed: 'an id of a message that was received',
    advice: 'look further back: --since 7d',
  });
}

const MAX_IDS_SHOWN = 10;

function ambiguous(given: string, ids: readonly string[]): Problem {
  return argumentProblem('--message', {
    given: `${given}, with which several ids begin`,
    allowed: ids.slice(0, MAX_IDS_SHOWN).join(', '),
  });
}

function eventsOf(
  log: WorkerLog,
  plan: LogsPlan,
  trace: JobTrace | undefined,
  signal: AbortSignal,
): AsyncIterable<LogEvent> {
  const { sinceMs, untilMs, pattern } = plan;
  const terms = trace === undefined ? {} : { terms: () => trace.ids };
  const query = { sinceMs, untilMs, pattern, ...terms };
  return plan.isTail ? log.follow(query, signal) : log.read(query, signal);
}

function isWanted(line: ShownLine, plan: LogsPlan, trace: JobTrace | undefined): boolean {
  const { isErrors, filter } = plan;
  if (trace?.take(line.event.line) === false) return false;
  if (isErrors && !line.isError) return false;
  return filter === undefined || line.event.line.includes(filter) || line.text.includes(filter);
}

function nothing({ worker, sinceMs, untilMs }: LogsPlan): string {
  const to = untilMs === undefined ? 'now' : new Date(untilMs).toISOString();
  return `No such line of ${worker.name} from ${new Date(sinceMs).toISOString()} to ${to}`;
}

/** Writes lines to a stream, no faster than it takes them. */
interface LineWriter {
  /** False: nobody reads any more, as behind `| head`. */
  write(line: string): Promise<boolean>;
}

/** Whether anybody still reads a stream. The standard output of a process outlives its commands: watched once. */
const watched = new WeakMap<NodeJS.WritableStream, { isClosed: boolean }>();

export function createLineWriter(stream: NodeJS.WritableStream): LineWriter {
  const state = watched.get(stream) ?? watch(stream);
  return {
    write: async (line) => {
      if (state.isClosed) return false;
      // The listener below handles errors.
      if (!stream.write(`${line}\n`)) await once(stream, 'drain').catch(() => undefined);
      return !state.isClosed;
    },
  };
}

function watch(stream: NodeJS.WritableStream) {
  const state = { isClosed: false };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    state.isClosed = true;
  });
  watched.set(stream, state);
  return state;
}
