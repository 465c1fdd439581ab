import type { Worker } from '../../config/configuration';
import { FIND_ACTIONS } from './destination';
import type { FailedLine, PipelineResult } from './pipeline';
import type { Options } from '../command/command';
import { resumeCommand } from './resume';

/** What sending to a topic or to a queue needs in AWS. */
export function actionsFor(to: 'topic' | 'queue'): string {
  return to === 'topic' ? 'sns:Publish' : 'sqs:SendMessage';
}

/** What looking a worker's queue up needs in AWS. */
export function lookUp({ name }: Worker): { action: string; place: string } {
  return { action: FIND_ACTIONS, place: `queue of ${name}` };
}

interface Sending {
  options: Options;
  worker: string;
  where: string;
  to: 'topic' | 'queue';
  /** Of the file. */
  name: string;
}

/** What became of a file, for people. */
export function fileText(sending: Sending, result: PipelineResult): string {
  const { options, worker, where, to, name } = sending;
  const { sent, failed, overtaken, nextLine } = result;
  const lines = [`Sent ${countOf(sent)} of ${name} to the ${to} of ${worker} (${where})`];
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
      `  ${resumeCommand(options, nextLine)}`,
    );
  }
  return lines.join('\n');
}

const failedText = ({ line, code, reason }: FailedLine) =>
  `  line ${line}: ${code}${reason === '' ? '' : `: ${reason}`}`;

const countOf = (count: number) => (count === 1 ? '1 message' : `${count} messages`);

const MAX_LINES_SHOWN = 20;

function linesText(lines: readonly number[]): string {
  const shown = lines.slice(0, MAX_LINES_SHOWN).map((line) => `line ${line}`);
  return [...shown, ...(lines.length > MAX_LINES_SHOWN ? ['…'] : [])].join(', ');
}
