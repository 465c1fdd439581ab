import { describe, expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import { formatPlain, LogLevel, type LogLine, LogSource, outcomeText } from '../../../src/contract/log-lines';
import { formatByWriter } from '../../helpers/structured';
import { JobResult } from '../../../src/contract/outcomes';
import { asStarted } from '../../../src/features/command/hints';
import type { Fate, MessageReport } from '../../../src/features/local/settle';
import { describeLine, describeReports, describeService } from '../../../src/features/local/text';

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

it('says what sends to each worker, with all that it takes', () => {
  const worker = (name: string, queueUrl: string) => ({ name, queueUrl });
  const service = { workers: [worker('jobs', 'http://q/jobs.fifo'), worker('tiles', 'http://q/tiles')] };
  const emulator = { port: 9555, endpoint: 'http://127.0.0.1:9555' };
  const text = describeService(service as never, {
    emulator: emulator as never,
    isStaying: true,
    asStarted: (line) => asStarted(line, { program: 'npx sls', options: { stage: 'prod', timeout: '5' } }),
  });
  const lines = text.split('\n').filter((line) => line.includes('npx'));
  expect(lines).toEqual([
    `  npx sls watchbot send '{"hello":"world"}' --group a --worker jobs --local --port 9555 --stage prod`,
    `  npx sls watchbot send '{"hello":"world"}' --worker tiles --local --port 9555 --stage prod`,
  ]);
});

describe('a line of a watcher', () => {
  it.each([
    ['plain', formatPlain(lineOf('a\u202eb\u009b2J\u200b'))],
    ['structured', formatByWriter(lineOf('a\u202eb\u009b2J\u200b'))],
    ['of nobody', 'a\u202eb\u009b2J\u200b'],
  ])('has nothing hidden in it: %s', (_, line) => {
    expect(describeLine(line, uncoloured)).toContain('a\\u202eb\\u009b2J\\u200b');
  });

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
    ['of JSON', formatByWriter(lineOf('a text'))],
    ['of something that broke', 'node:internal/modules/cjs/loader:1228'],
    ['that is empty', ''],
  ])('one %s stays as it is', (_, line) => {
    expect(describeLine(line, coloured)).toBe(line);
  });
});

const report = (body: string, fate: Fate, ...reasons: string[]) => ({
  body,
  fate,
  receives: reasons.map((reason) => ({ result: JobResult.failure, reason })),
});

/** The cells of the rows, without the lines around them. */
const rows = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .slice(1)
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const shown = (reports: readonly MessageReport[], seconds = 1) =>
  describeReports(reports, { seconds, colours: uncoloured });

describe('what became of the messages', () => {
  it('counts them, a single one too', () => {
    const done = report('a', 'done', 'exit code 0');
    expect(shown([done], 1.26)).toContain('\n1 message: 1 done, in 1.3 s\n');
    const text = shown([done, done, report('b', 'open')], 2);
    expect(text).toContain('\n3 messages: 2 done, 1 open, in 2.0 s\n');
  });

  it.each([
    { reasons: [], said: '' },
    { reasons: ['1', '0'], said: '1 → 0' },
    { reasons: ['1', '1', '0'], said: '1 → 1 → 0' },
    { reasons: ['1', '1', '1'], said: '1 (3 times)' },
    { reasons: ['4', '1', '1', '1', '1', '4', '0'], said: '4 → 1 (4 times) → 4 → 0' },
  ])('says receives that ended alike once: $said', ({ reasons, said }) => {
    expect(rows(shown([report('a', 'done', ...reasons)]))).toEqual([['a', 'done', said]]);
  });

  it('tells long messages apart that begin alike', () => {
    const event = (key: string) =>
      `{"Records":[{"s3":{"bucket":{"name":"uploads"},"object":{"key":"${key}"}}}]}`;
    const reports = ['sales/2026-01.csv', 'sales/2026-02.csv'].map((key) => report(event(key), 'done'));
    const [[first], [second]] = rows(shown(reports)) as [string[], string[]];
    expect(first).toHaveLength(60);
    expect(first).toMatch(/^\{"Records":\[.*….*2026-01\.csv"\}\}\}\]\}$/);
    expect(second).toContain('2026-02.csv');
    const short = 'x'.repeat(60);
    expect(rows(shown([report(short, 'done')]))[0]![0]).toBe(short);
  });

  it.each([
    ['done', coloured.green],
    ['rejected', coloured.yellow],
    ['dead-lettered', coloured.red],
    ['open', coloured.dim],
  ] as const)('%s has its colour', (fate, colour) => {
    const text = describeReports([report('one', fate)], { seconds: 1, colours: coloured });
    expect(text).toContain(colour(fate));
  });

  it('lets no message drive the terminal', () => {
    const text = shown([report('\u001b[2Jgone', 'done')]);
    expect(text).not.toContain('\u001b');
    expect(text).toContain(String.raw`\u001b[2Jgone`);
  });
});
