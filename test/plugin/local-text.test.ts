import { describe, expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import { LogLevel, LogSource, JobResult } from '../../src/contract/log';
import { formatPlain, formatStructured, outcomeText, type LogLine } from '../../src/contract/log-lines';
import { describeLine, describeReports } from '../../src/plugin/local-text';

const coloured = createColors(true);
const uncoloured = createColors(false);

const lineOf = (text: string): LogLine => ({
  time: new Date(0),
  source: LogSource.watcher,
  messageId: '7c1e',
  text,
  level: LogLevel.info,
});
const outcome = (result: JobResult, reason: string) =>
  outcomeText({
    result,
    durationMs: 5,
    responseDurationMs: 9,
    receives: 1,
    code: null,
    signal: null,
    reason,
  });

describe('a line of a watcher', () => {
  it.each([
    ['a success', outcome(JobResult.success, 'exit code 0'), coloured.green],
    ['a failure', outcome(JobResult.failure, 'exit code 1'), coloured.red],
    ['not now', outcome(JobResult.noop, 'exit code 4'), coloured.yellow],
    ['something else', 'watching the queue', coloured.dim],
  ])('%s has its colour', (_, text, colour) => {
    const line = formatPlain(lineOf(text));
    const head = line.slice(0, -text.length);
    expect(describeLine(line, coloured)).toBe(`${coloured.dim(head)}${colour(text)}`);
    expect(describeLine(line, uncoloured)).toBe(line);
  });

  it.each([
    ['of JSON', formatStructured(lineOf('a text'))],
    ['of something that broke', 'node:internal/modules/cjs/loader:1228'],
    ['that is empty', ''],
  ])('one %s stays as it is', (_, line) => {
    expect(describeLine(line, coloured)).toBe(line);
  });
});

describe('what became of the messages', () => {
  it.each([
    ['done', coloured.green],
    ['rejected', coloured.yellow],
    ['dead-lettered', coloured.red],
    ['open', coloured.dim],
  ] as const)('%s has its colour', (fate, colour) => {
    const text = describeReports([{ body: 'one', fate, attempts: [] }], { seconds: 1, colours: coloured });
    expect(text).toContain(colour(fate));
    expect(text).toContain(`1 message: 1 ${fate}, in 1.0 s`);
  });

  it('lets no message drive the terminal', () => {
    const reports = [{ body: '\u001b[2Jgone', fate: 'done', attempts: [] }] as const;
    const text = describeReports(reports, { seconds: 1, colours: uncoloured });
    expect(text).not.toContain('\u001b');
    expect(text).toContain(String.raw`\u001b[2Jgone`);
  });
});
