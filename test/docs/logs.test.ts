import { describe, expect, it } from '@jest/globals';
import { METRIC_NAMESPACE } from '../../src/config/names';
import { JobResult } from '../../src/contract/outcomes';
import {
  formatPlain,
  LogField,
  LogLevel,
  LogSource,
  outcomeFields,
  outcomeText,
  readLine,
} from '../../src/contract/log-lines';
import { formatByWriter, WRITER } from '../helpers/structured';
import { single } from '../resources/support';
import { page, tableBelow } from './pages';

const logs = page('docs/logs.md');
const texts = (kind: string) => logs.snippets.filter((each) => each.kind === kind).map(({ text }) => text);
const linesOf = (kind: string) => texts(kind).flatMap((text) => text.trimEnd().split('\n'));

const OUTCOME = {
  result: JobResult.failure,
  durationMs: 1200,
  responseDurationMs: 3400,
  receives: 1,
  code: 1,
  signal: null,
  reason: 'exit code 1',
};

const failure = {
  time: new Date('2026-01-31T12:00:01Z'),
  source: LogSource.watcher,
  messageId: '1f2e3d4c-0000-4000-8000-000000000000',
  level: LogLevel.error,
  text: outcomeText(OUTCOME),
  fields: outcomeFields(OUTCOME),
};

describe('lines', () => {
  it.each(linesOf('plain-lines'))('are written as shown: %s', (line) => {
    const { source, messageId, text } = readLine(line);
    const time = new Date(/^\[([^\]]+)\]/.exec(line)![1]!);
    expect(formatPlain({ time, source: source!, messageId, text, level: LogLevel.info })).toBe(line);
  });

  it.each(linesOf('structured-lines'))('are written as shown: %s', (line) => {
    const shown = JSON.parse(line) as Record<string, unknown> & {
      time: string;
      source: LogSource;
      msg: string;
    };
    const { v, name, hostname, pid, ...others } = shown;
    const { time, source, watchbot_sqs_message_id: messageId, msg: text, level, ...fields } = others;
    expect({ v, name, hostname, pid }).toEqual({ v: 0, name: source, ...WRITER });
    const parts = { source, messageId: messageId as string, text, level: level as LogLevel, fields };
    expect(formatByWriter({ time: new Date(time), ...parts })).toBe(line);
  });

  it('have the fields that the page lists', () => {
    const listed = tableBelow(logs, 'Structured lines').flatMap(([names]) =>
      [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
    );
    expect(listed.sort()).toEqual(Object.values(LogField).sort());
  });
});

describe('queries of Logs Insights', () => {
  it.each(texts('insights-plain'))(
    'find outcomes of the watcher in plain lines, and nothing in lines of workers:\n%s',
    (query) => {
      // Logs Insights writes patterns between slashes, as JavaScript does.
      const patterns = [...query.matchAll(/\/((?:\\\/|[^/\n])+)\/$/gm)].map(
        ([, source]) => new RegExp(source!),
      );
      expect(patterns).toHaveLength(2);
      const line = formatPlain(failure);
      for (const pattern of patterns) expect(line).toMatch(pattern);
      const forged = formatPlain({ ...failure, source: LogSource.worker });
      expect(patterns.every((pattern) => pattern.test(forged))).toBe(false);
    },
  );

  it.each(texts('insights-structured'))('use only existing fields:\n%s', (query) => {
    const words = query.replaceAll(/"[^"]*"/g, '').match(/@?[a-z_]{3,}/g)!;
    const own = [
      'filter',
      'and',
      'ispresent',
      'stats',
      'count',
      'avg',
      'pct',
      'bin',
      'jobs',
      'mean',
      'fields',
      'sort',
      'asc',
      '@timestamp',
    ];
    const unknown = words.filter(
      (word) => !own.includes(word) && !Object.values<string>(LogField).includes(word),
    );
    expect(unknown).toEqual([]);
  });
});

it('metrics are those of the template', () => {
  const { Resources } = single();
  const made = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
    .map(({ Properties }) => {
      const [{ MetricName, Unit }] = (
        Properties as { MetricTransformations: [{ MetricName: string; Unit: string }] }
      ).MetricTransformations;
      return [MetricName, Unit];
    });
  const listed = tableBelow(logs, 'Metrics').map(([name, unit]) => [
    name!.replaceAll('`', '').replace('PREFIX', 'Watchbot').replace('STACK', 'tiles-dev'),
    unit,
  ]);
  expect(listed.sort()).toEqual(made.sort());
  expect(logs.text).toContain(`\`${METRIC_NAMESPACE}\``);
});
