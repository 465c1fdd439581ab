import type { JobTrace } from './job-trace';
import type { LogEvent, LogQuery, LogSource } from './log-source';
import { coloursFor } from '../command/terminal-text';
import type { CommandRun } from '../command/command';
import { createLineWriter } from './line-writer';
import { openLog } from './choose-source';
import { findMessage } from './find-message';
import { planLogs, type LogsPlan } from './plan';
import { lineForMachines, lineForPeople, readEvent, type ShownLine } from './shown-line';

/** `sls watchbot logs`. */
export async function runLogs(run: CommandRun): Promise<void> {
  const { options, terminal, signal, voice } = run;
  const plan = planLogs(run, Date.now());
  const log = await openLog(run, plan.worker);
  const trace = plan.message === undefined ? undefined : await findMessage(log, plan, signal);
  const colours = coloursFor(terminal.output, terminal.environment);
  const toText = options.json === true ? lineForMachines : (line: ShownLine) => lineForPeople(line, colours);
  const writer = createLineWriter(terminal.output);
  let count = 0;
  for await (const event of eventsOf(log, { plan, trace, signal })) {
    const line = readEvent(event);
    if (!isWanted(line, plan, trace)) continue;
    count += 1;
    if (!(await writer.write(toText(line)))) return;
  }
  if (count === 0 && !plan.isTail && options.json !== true) voice.log.notice(nothing(plan));
}

interface Shown {
  plan: LogsPlan;
  trace: JobTrace | undefined;
  signal: AbortSignal;
}

function eventsOf(log: LogSource, { plan, trace, signal }: Shown): AsyncIterable<LogEvent> {
  const { sinceMs, untilMs, pattern } = plan;
  const query: LogQuery = {
    sinceMs,
    untilMs,
    pattern,
    ...(trace === undefined ? {} : { terms: () => trace.ids }),
  };
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
