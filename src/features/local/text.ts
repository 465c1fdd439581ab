import Table from 'cli-table3';
import { DEFAULT_PORT, type CommandRun } from '../command/command';
import { visibleControls, type Colours } from '../command/terminal-text';
import { judgeLine } from '../logs/lines';
import { colourOf } from '../logs/text';
import type { MissingVariable } from './container';
import type { Emulator } from './emulators';
import type { LocalService, LocalWorker } from './service';
import type { Fate, MessageReport, Receive } from './settle';

type AsStarted = CommandRun['asStarted'];

/** What a user needs to know of a service that has just started. */
export function describeService(
  { workers }: LocalService,
  { emulator, isStaying, asStarted }: { emulator: Emulator; isStaying: boolean; asStarted: AsStarted },
): string {
  const lines = [`\nLocal SQS and SNS at ${emulator.endpoint}`];
  for (const worker of workers) {
    lines.push(`Queue of ${worker.name}: ${worker.queueUrl}`);
    if (isStaying)
      lines.push(`  ${asStarted(sendLine(worker, workers.length > 1, emulator.port)).slice(1, -1)}`);
  }
  if (isStaying) lines.push('Ctrl-C stops.');
  return `${lines.join('\n')}\n`;
}

/** What sends to a worker, from another terminal. */
function sendLine({ name, queueUrl }: LocalWorker, isNamed: boolean, port: number): string {
  const options = [
    ...(queueUrl.endsWith('.fifo') ? ['--group', 'a'] : []),
    ...(isNamed ? ['--worker', name] : []),
    '--local',
    ...(port === DEFAULT_PORT ? [] : ['--port', String(port)]),
  ];
  return `\`sls watchbot send '{"hello":"world"}' ${options.join(' ')}\``;
}

/** A variable of the container that could not be worked out on this machine. */
export const describeMissing = (
  worker: string,
  { name, reason }: MissingVariable,
  asStarted: AsStarted,
): string => {
  const line = asStarted('`sls watchbot local`').slice(1, -1);
  return `${worker}: ${name} is not set: ${reason}; give it in the shell: ${name}=VALUE ${line}`;
};

/**
 * A line of a watcher, with its text in the colour of what it tells. A line of JSON, which is for machines, stays as
 * it is.
 */
export function describeLine(written: string, colours: Colours): string {
  const line = visibleControls(written);
  const judged = judgeLine(line);
  const { source, text } = judged;
  if (source === undefined || !line.startsWith('[')) return line;
  return `${colours.dim(line.slice(0, line.length - text.length))}${colourOf(judged, colours)(text)}`;
}

const NO_LINES_BETWEEN_ROWS = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

const MAX_BODY_LENGTH = 60;
const TAIL_LENGTH = 30;
/** Receives in a row that ended alike. */
const MOST_WRITTEN_OUT = 2;

/** What became of each message. */
export function describeReports(
  reports: readonly MessageReport[],
  { seconds, colours }: { seconds: number; colours: Colours },
): string {
  const table = new Table({
    head: ['message', 'fate', 'attempts'],
    style: { head: [], border: [] },
    chars: NO_LINES_BETWEEN_ROWS,
  });
  table.push(
    ...reports.map(({ body, fate, receives }) => [
      visibleControls(shorten(body)),
      colours[FATE_COLOURS[fate]](fate),
      visibleControls(describeReceives(receives)),
    ]),
  );
  return `\n${table.toString()}\n${summary(reports)}, in ${seconds.toFixed(1)} s\n`;
}

const FATE_COLOURS = {
  done: 'green',
  rejected: 'yellow',
  'dead-lettered': 'red',
  open: 'dim',
} as const satisfies Record<Fate, keyof Colours>;

const FATES = Object.keys(FATE_COLOURS) as readonly Fate[];

function summary(reports: readonly MessageReport[]): string {
  const counts = FATES.map((fate) => ({
    fate,
    count: reports.filter((report) => report.fate === fate).length,
  }));
  const parts = counts.filter(({ count }) => count > 0).map(({ fate, count }) => `${count} ${fate}`);
  const messages = reports.length === 1 ? '1 message' : `${reports.length} messages`;
  return `${messages}: ${parts.join(', ')}`;
}

/** A reason that comes several times in a row is written once: a line that does not fit a terminal is hard to read. */
function describeReceives(receives: readonly Receive[]): string {
  const repeated: { reason: string; times: number }[] = [];
  for (const { reason } of receives) {
    const last = repeated.at(-1);
    if (last?.reason === reason) last.times += 1;
    else repeated.push({ reason, times: 1 });
  }
  return repeated
    .flatMap(({ reason, times }) =>
      times > MOST_WRITTEN_OUT ? [`${reason} (${times} times)`] : Array<string>(times).fill(reason),
    )
    .join(' → ');
}

/** Keeps both ends: messages of a service often begin alike, as events of S3 do, and differ further on. */
function shorten(text: string): string {
  const { length } = text;
  const head = MAX_BODY_LENGTH - TAIL_LENGTH - 1;
  return length > MAX_BODY_LENGTH ? `${text.slice(0, head)}…${text.slice(length - TAIL_LENGTH)}` : text;
}
