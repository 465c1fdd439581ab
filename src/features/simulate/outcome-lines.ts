import { JobResult } from '../../contract/log';
import { outcomeTimes, parseObject, readLine } from '../../contract/log-lines';

/** Time, task, message, as `sls watchbot logs` puts them before what the watcher says; workers' lines have a `>`. */
const SHOWN_LINE = /^\d{4}-\d{2}-\d{2} [\d:.]{12} {2}\S+ +\S+ +(?<text>\[.*)$/s;

/**
 * How long a job took, in seconds, from its outcome line: as `sls watchbot logs` prints it, with `--json` or without, or
 * as it stands in the log itself, plain or structured. Undefined for every other line, and for a job that did not
 * succeed: that may have ended far too soon.
 */
export function jobSeconds(line: string): number | undefined {
  const { outcome, text } = readLine(writtenLine(line));
  if (outcome?.result !== JobResult.success) return undefined;
  const { durationMs } = outcomeTimes(text) ?? {};
  return durationMs === undefined ? undefined : durationMs / 1000;
}

/** The line as it was written to the log. */
function writtenLine(line: string): string {
  const { line: inner } = parseObject(line) ?? {};
  if (typeof inner === 'string') return inner;
  const text = SHOWN_LINE.exec(line)?.groups?.text;
  return text === undefined ? line : `[] [watcher] [] ${text}`;
}
