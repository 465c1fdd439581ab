import { describe, expect, it } from '@jest/globals';
import { JobResult } from '../../src/contract/outcomes';
import {
  formatPlain,
  LogLevel,
  type LogLine,
  LogSource,
  type Outcome,
  outcomeFields,
  outcomeText,
  receivedText,
} from '../../src/contract/log-lines';
import { formatByWriter } from '../helpers/structured';
import { parseObject } from '../../src/shared/json';
import { valueIn } from '../helpers/metric-filter';
import { single } from './support';
import { fc } from '../helpers/seeded';

const METRICS = {
  workerErrorsMetric: 'WorkerErrors',
  messageReceivesMetric: 'MessageReceives',
  workerDurationMetric: 'WorkerDuration',
  responseDurationMetric: 'ResponseDuration',
} as const;
type Metric = keyof typeof METRICS;
const metrics = Object.keys(METRICS) as Metric[];

const [PLAIN, STRUCTURED] = [false, true].map((structured) => single({ logs: { structured } }));
const filterOf = (metric: Metric, structured: boolean) => (structured ? STRUCTURED! : PLAIN!).of(metric);

/** What CloudWatch counts of a line in each of the two formats; undefined where the line is none for the metric. */
const countedOf = (metric: Metric, line: LogLine) => ({
  plain: valueIn(filterOf(metric, false), formatPlain(line)),
  structured: valueIn(filterOf(metric, true), formatByWriter(line)),
});
const both = (value: number | undefined) => ({ plain: value, structured: value });

const base = { time: new Date('2026-03-01T10:00:00Z'), messageId: '6f7c1c1e-0000-4000-8000-000000000000' };

/** The line with which the watcher ends a job. */
function outcomeLine(result: JobResult, given: Partial<Outcome> = {}): LogLine {
  const outcome: Outcome = {
    result,
    durationMs: 1_200,
    responseDurationMs: 3_400,
    receives: 2,
    code: 1,
    signal: null,
    reason: 'exit code 1: "[failure]" {"worker_event":"failure"}',
    ...given,
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
  '{"source":"watcher","worker_event":"success","duration":1e9,"response_duration":1e9,"receives":1e9}',
  '{"source":["watcher"],"worker_event":"failure","duration":7}',
];

/** As the watcher's logger makes it of a line of output. */
const workerLine = (text: string): LogLine => ({
  ...base,
  source: LogSource.worker,
  level: LogLevel.info,
  text,
  fields: parseObject(text),
});

/** What each metric has of the line above, by result. */
const EXPECTED: Record<JobResult, Record<Metric, number | undefined>> = {
  success: counted({ workerErrorsMetric: undefined }),
  failure: counted({ workerErrorsMetric: 1 }),
  rejected: counted({ workerErrorsMetric: 1 }),
  noop: counted({ workerErrorsMetric: undefined }),
  // Its task was stopped: it has neither failed nor taken its time.
  released: {
    workerErrorsMetric: undefined,
    messageReceivesMetric: undefined,
    workerDurationMetric: undefined,
    responseDurationMetric: undefined,
  },
};

function counted(errors: { workerErrorsMetric: number | undefined }) {
  return { ...errors, messageReceivesMetric: 2, workerDurationMetric: 1_200, responseDurationMetric: 3_400 };
}

describe.each(metrics)('%s', (metric) => {
  it.each([false, true])(
    'is taken from the worker’s log, under Watchbot’s name (structured: %s)',
    (structured) => {
      const filter = filterOf(metric, structured);
      expect(filter).toMatchObject({
        LogGroupName: { Ref: 'WatchbotLogGroup' },
        MetricTransformations: [
          {
            MetricNamespace: 'Mapbox/ecs-watchbot',
            MetricName: `Watchbot${METRICS[metric]}-tiles-dev`,
            Unit: metric.endsWith('DurationMetric') ? 'Milliseconds' : 'Count',
          },
        ],
      });
      // No line is no error; but no line has no duration either.
      expect(filter.MetricTransformations[0].DefaultValue).toBe(
        metric === 'workerErrorsMetric' ? 0 : undefined,
      );
    },
  );

  it.each(Object.values(JobResult))(
    'counts the right number of the outcome %s, in both formats',
    (result) => {
      expect(countedOf(metric, outcomeLine(result))).toEqual(both(EXPECTED[result][metric]));
    },
  );

  it('counts it whatever the numbers and the reason', () => {
    const numbers = fc.record({ durationMs: fc.nat(), responseDurationMs: fc.nat(), receives: fc.nat() });
    fc.assert(
      fc.property(numbers, fc.string({ unit: 'binary' }), (given, text) => {
        // A log event is a line.
        const reason = text.replaceAll(/[\n\r\u2028\u2029]/g, ' ');
        const { durationMs, responseDurationMs, receives } = given;
        const expected: Record<Metric, number> = {
          workerErrorsMetric: 1,
          messageReceivesMetric: receives,
          workerDurationMetric: durationMs,
          responseDurationMetric: responseDurationMs,
        };
        const line = outcomeLine('failure', { ...given, reason });
        expect(countedOf(metric, line)).toEqual(both(expected[metric]));
      }),
      { numRuns: 50 },
    );
  });

  it.each(FORGED)('counts nothing of what a worker prints: %s', (text) => {
    expect(countedOf(metric, workerLine(text))).toEqual(both(undefined));
  });

  it('counts nothing of whatever a worker prints', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom(...FORGED));
    const line = fc.array(text, { maxLength: 3 }).map((parts) => workerLine(parts.join(' ')));
    fc.assert(
      fc.property(line, (given) => {
        expect(countedOf(metric, given)).toEqual(both(undefined));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['[failure] is what the worker before me said'],
    [failure],
    ['{"source":"worker","worker_event":"failure","duration":5,"response_duration":5,"receives":5}'],
    ['{"worker_event":"failure","duration":5,"response_duration":5,"receives":5}'],
  ])('counts nothing of a line that the watcher has not written: %s', (line) => {
    expect([valueIn(filterOf(metric, false), line), valueIn(filterOf(metric, true), line)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('counts nothing of the watcher’s other lines', () => {
    const line = (text: string): LogLine => ({
      ...base,
      source: LogSource.watcher,
      level: LogLevel.info,
      text,
    });
    for (const text of [
      receivedText({ receives: 2, topicMessageId: undefined }),
      receivedText({ receives: 2, topicMessageId: 'id' }),
      'stopping: [failure] after 1 ms',
    ]) {
      expect(countedOf(metric, line(text))).toEqual(both(undefined));
    }
  });
});

it('every result has been asked about', () => {
  expect(Object.keys(EXPECTED).sort()).toEqual(Object.values(JobResult).sort());
});

describe('the matchers of this test', () => {
  const access = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 404 1534';

  it.each([
    ['[ip, user, username, timestamp, request, status = 404, bytes]', '1', 1],
    ['[ip, user, username, timestamp, request, status = 404, bytes]', '$bytes', 1_534],
    ['[ip, user, username, timestamp, request, status = 404, ...]', '$status', 404],
    ['[ip, user, username, timestamp, request, status = 404, bytes]', '$username', undefined],
    ['[ip, user, username, timestamp, request, status = 200 || status = 404, bytes]', '1', 1],
    ['[ip, user, username, timestamp, request, status = 200, bytes]', '1', undefined],
    ['[ip, user, username, timestamp = "10/Oct/2000:13:25:15 -0700", ...]', '1', 1],
    ['[ip, user]', '1', undefined],
    ['[ip, user, ...]', '1', 1],
  ])('read %s, with %s, as CloudWatch’s guide does', (pattern, value, expected) => {
    expect(valueIn(filter(pattern, value), access)).toBe(expected);
  });

  it.each([
    ['{ $.a = "x" }', '1', 1],
    ['{ $.a = "x" && ($.b = "y" || $.b = "z") }', '$.n', 5],
    ['{ $.a = "x" && ($.b = "v" || $.b = "w") }', '$.n', undefined],
    ['{ $.a = "y" }', '1', undefined],
    ['{ $.a = "x" }', '$.absent', undefined],
    ['{ $.a = "x" }', '$.b', undefined],
  ])('read %s, with %s, of JSON', (pattern, value, expected) => {
    expect(valueIn(filter(pattern, value), '{"a":"x","b":"z","n":5}')).toBe(expected);
    expect(valueIn(filter(pattern, value), 'a = "x"')).toBeUndefined();
  });

  function filter(FilterPattern: string, MetricValue: string) {
    return { FilterPattern, MetricTransformations: [{ MetricValue }] };
  }
});
