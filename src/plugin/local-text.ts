import Table from 'cli-table3';
import type { Emulator } from '../local/emulator';
import type { LocalService, LocalWorker } from '../local/local-service';
import type { Fate, MessageReport } from '../local/tally';
import { DEFAULT_PORT } from '../commands/common-options';

/** What a user needs to know of the service that has just started. */
export function describeService(
  { workers }: LocalService,
  { emulator, isStaying }: { emulator: Emulator; isStaying: boolean },
): string {
  const lines = [`\nLocal SQS and SNS at ${emulator.endpoint}`];
  for (const worker of workers) {
    lines.push(`Queue of ${worker.name}: ${worker.queueUrl}`);
    if (isStaying) lines.push(`  ${sendLine(worker, workers.length > 1, emulator.port)}`);
  }
  if (isStaying) lines.push('Ctrl-C stops.');
  return `${lines.join('\n')}\n`;
}

function sendLine({ name }: LocalWorker, isNamed: boolean, port: number): string {
  const options = [
    ...(isNamed ? ['--worker', name] : []),
    '--local',
    ...(port === DEFAULT_PORT ? [] : ['--port', String(port)]),
  ];
  return `sls watchbot send '{"hello":"world"}' ${options.join(' ')}`;
}

const NO_LINES_BETWEEN_ROWS = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

const MAX_BODY_LENGTH = 60;

/** What became of each message. */
export function describeReports(reports: readonly MessageReport[], seconds: number): string {
  const table = new Table({
    head: ['message', 'fate', 'attempts'],
    style: { head: [], border: [] },
    chars: NO_LINES_BETWEEN_ROWS,
  });
  table.push(
    ...reports.map(({ body, fate, attempts }) => [
      shorten(body),
      fate,
      attempts.map(({ reason }) => reason).join(' → '),
    ]),
  );
  return `\n${table.toString()}\n${summary(reports)}, in ${seconds.toFixed(1)} s\n`;
}

const FATES: readonly Fate[] = ['done', 'rejected', 'dead-lettered', 'open'];

function summary(reports: readonly MessageReport[]): string {
  const counts = FATES.map((fate) => ({
    fate,
    count: reports.filter((report) => report.fate === fate).length,
  }));
  const parts = counts.filter(({ count }) => count > 0).map(({ fate, count }) => `${count} ${fate}`);
  return `${reports.length} messages: ${parts.join(', ')}`;
}

function shorten(text: string): string {
  return text.length > MAX_BODY_LENGTH ? `${text.slice(0, MAX_BODY_LENGTH - 1)}…` : text;
}
