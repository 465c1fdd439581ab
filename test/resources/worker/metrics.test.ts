import { describe, expect, it } from '@jest/globals';
import { JobResult, LogLevel, LogSource } from '../../../src/contract/log';
import {
  formatPlain,
  formatStructured,
  outcomeFields,
  outcomeText,
  parseObject,
  type LogLine,
} from '../../../src/contract/log-lines';
import { single } from '../support';

const patternOf = (structured: boolean) =>
  single({ logs: { structured } }).of('workerErrorsMetric').FilterPattern as string;

const base = { time: new Date('2026-03-01T10:00:00Z'), messageId: '6f7c1c1e-0000-4000-8000-000000000000' };

/** The line with which the watcher ends a job. */
function outcomeLine(result: JobResult): LogLine {
  const outcome = {
    result,
    durationMs: 1_200,
    responseDurationMs: 3_400,
    receives: 2,
    code: 1,
    signal: null,
    reason: 'exit code 1: "[failure]" {"worker_event":"failure"}',
  };
  return {
    ...base,
    source: LogSource.watcher,
    level: LogLevel.info,
    text: outcomeText(outcome),
    fields: outcomeFields(outcome),
  };
}

const failure = outcomeText({
  result: 'failure',
  durationMs: 1,
  responseDurationMs: 1,
  receives: 1,
  code: 1,
  signal: null,
  reason: 'x',
});

/** What a worker may print to be taken for the watcher. */
const FORGED = [
  '[failure]',
  failure,
  `[Sun, 01 Mar 2026 10:00:00 GMT] [watcher] [id] ${failure}`,
  `] [watcher] [id] ${failure}`,
  '" "watcher" "id" "failure"',
  '{"source":"watcher","worker_event":"failure"}',
  '{"source":"watcher","msg":"[failure]","worker_event":"rejected","watchbot_sqs_message_id":"other"}',
  '{"__proto__":{"source":"watcher"},"worker_event":"failure"}',
];

/** As the watcher's logger makes it of a line of output. */
const workerLine = (text: string): LogLine => ({
  ...base,
  source: LogSource.worker,
  level: LogLevel.info,
  text,
  fields: parseObject(text),
});

describe('the metric of failed jobs', () => {
  it.each([false, true])('reads the log group of the worker (structured: %s)', (structured) => {
    expect(single({ logs: { structured } }).of('workerErrorsMetric')).toMatchObject({
      LogGroupName: { Ref: 'WatchbotLogGroup' },
      MetricTransformations: [
        {
          MetricNamespace: 'Mapbox/ecs-watchbot',
          MetricName: 'WatchbotWorkerErrors-tiles-dev',
          MetricValue: '1',
          DefaultValue: 0,
        },
      ],
    });
  });

  it.each([
    ['failure', true],
    ['rejected', true],
    ['success', false],
    ['noop', false],
    ['released', false],
  ] as const)('counts %s: %s, in both formats', (result, isCounted) => {
    expect(matchesFields(patternOf(false), formatPlain(outcomeLine(result)))).toBe(isCounted);
    expect(matchesJson(patternOf(true), formatStructured(outcomeLine(result)))).toBe(isCounted);
  });

  it('has been asked about every result', () => {
    expect(Object.values(JobResult).sort()).toEqual(['failure', 'noop', 'rejected', 'released', 'success']);
  });

  it.each(FORGED)('does not count what a worker prints: %s', (text) => {
    expect(matchesFields(patternOf(false), formatPlain(workerLine(text)))).toBe(false);
    expect(matchesJson(patternOf(true), formatStructured(workerLine(text)))).toBe(false);
  });

  it.each([
    ['plain', '[failure] is what the worker before me said'],
    ['plain', failure],
  ])('does not count a line that comes from neither (%s): %s', (_format, line) => {
    expect(matchesFields(patternOf(false), line)).toBe(false);
    expect(matchesJson(patternOf(true), line)).toBe(false);
  });
});

describe('the matchers of this test', () => {
  it.each([
    ['[ip, user, username, timestamp, request, status = 404, bytes]', true],
    ['[ip, user, username, timestamp, request, status = 200 || status = 404, bytes]', true],
    ['[ip, user, username, timestamp, request, status = 200, bytes]', false],
    ['[ip, user, username, timestamp = "10/Oct/2000:13:25:15 -0700", ...]', true],
    ['[ip, user]', false],
    ['[ip, user, ...]', true],
  ])('read %s as CloudWatch’s guide does', (pattern, expected) => {
    const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 404 1534';
    expect(matchesFields(pattern, line)).toBe(expected);
  });
});

/**
 * CloudWatch's space-delimited filters, as far as they are used here: text in brackets or in double quotes is one field,
 * without them; `...` is any number of further ones.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
function matchesFields(pattern: string, line: string): boolean {
  const fields = [...line.matchAll(/\[([^\]]*)\]|"([^"]*)"|(\S+)/g)].map(
    ([, bracketed, quoted, bare]) => bracketed ?? quoted ?? bare,
  );
  const wanted = pattern.slice(1, -1).split(/,\s*/);
  const isOpen = wanted.at(-1) === '...';
  const conditions = isOpen ? wanted.slice(0, -1) : wanted;
  if (isOpen ? fields.length < conditions.length : fields.length !== conditions.length) return false;
  return conditions.every((condition, index) => {
    const values = [...condition.matchAll(/=\s*"?([^"|]*?)"?\s*(?:\|\||$)/g)].map(([, value]) => value);
    return values.length === 0 || values.includes(fields[index]);
  });
}

/** Its JSON filters, likewise: `{ $.a = "x" && ($.b = "y" || $.b = "z") }`. */
function matchesJson(pattern: string, line: string): boolean {
  const value = parseObject(line);
  if (value === undefined) return false;
  const holds = (term: string) => {
    const [, key, expected] = /^\(*\s*\$\.(\w+) = "([^"]*)"\s*\)*$/.exec(term.trim())!;
    return Object.hasOwn(value, key!) && value[key!] === expected;
  };
  const all = pattern.slice(1, -1).split('&&');
  return all.every((clause) => clause.split('||').some(holds));
}
