import { describe, expect, it } from '@jest/globals';
import {
  CLOUDFORMATION,
  CLOUDWATCH,
  ECS,
  EVENTS,
  LAMBDA,
  MAX_CONCURRENCY,
  MAX_WORKER_NAME_LENGTH,
  SQS,
} from '../../src/config/limits';
import { MOST_PARTS } from '../../src/features/progress/job';
import { MAX_STEPS } from '../../src/scaling/limits';
import { LONG_POLL_SECONDS, MAX_HOLD_SECONDS } from '../../src/watcher/queue/queue';
import { backoffSeconds } from '../../src/watcher/settle/decide';
import { MAX_LINE_LENGTH } from '../../src/watcher/worker/output';
import { build, single } from '../resources/support';
import { page, tableBelow } from './pages';

describe('failures.md', () => {
  it('has the waits of the watcher', () => {
    let sum = 0;
    const waits = tableBelow(page('docs/failures.md'), 'Retries').map(([receive, wait, since]) => {
      const seconds = backoffSeconds(Number(receive), 0);
      sum += seconds;
      return [wait, since, `${seconds} s`, `${sum} s`];
    });
    expect(waits).toHaveLength(10);
    for (const [wait, since, expectedWait, expectedSince] of waits) {
      expect([wait, since]).toEqual([expectedWait, expectedSince]);
    }
  });
});

const text = (value: number) => value.toLocaleString('en-US');
const days = (seconds: number) => `${seconds / 86_400} days`;

/** Limits as the page should show them, from the constants of the code. */
const LIMITS: Record<string, string> = {
  Delay: `${SQS.maxDelaySeconds / 60} min`,
  Retention: days(SQS.maxRetentionSeconds),
  'Time that a message can be held': `${MAX_HOLD_SECONDS / 3600} h`,
  'Receives before a dead letter': text(SQS.maxReceives),
  '`maxJobDuration`': `${MAX_HOLD_SECONDS / 3600} h`,
  '`stopTimeout`': `${ECS.maxStopTimeoutSeconds} s`,
  '`concurrency`': text(MAX_CONCURRENCY),
  '`batchSize` of a handler': text(LAMBDA.maxBatchSize),
  'A line of output': `${text(MAX_LINE_LENGTH)} characters`,
  'Tasks of a service': text(ECS.maxTasksPerService),
  '`ephemeralStorage`': `${ECS.maxEphemeralStorageGiB} GiB`,
  'Steps of a policy': text(MAX_STEPS),
  'Name of a worker': `${MAX_WORKER_NAME_LENGTH} characters`,
  'Name of a queue': `${SQS.maxNameLength} characters`,
  'Name of a stack': `${CLOUDFORMATION.maxStackNameLength} characters`,
  'Name of a rule or schedule': `${EVENTS.maxRuleNameLength} characters`,
  'Who hears of an alarm': text(CLOUDWATCH.maxAlarmActions),
  'Alarms of a deploy': text(CLOUDWATCH.maxDescribedAlarms),
  'Sources (`events`)': text(EVENTS.maxSources),
  'Jobs in parts': text(MOST_PARTS),
};

describe('limits.md', () => {
  const limits = page('docs/limits.md');
  const rows = ['Messages', 'Jobs', 'Tasks', 'Names and numbers'].flatMap((heading) =>
    tableBelow(limits, heading),
  );
  const shown = Object.fromEntries(rows.map(([what, limit]) => [what!, limit!]));

  it.each(Object.entries(LIMITS))('%s: %s', (what, limit) => {
    expect(shown[what]).toBe(limit);
  });

  it('says how many resources a worker has', () => {
    const worker = { command: 'true' };
    const count = (workers: object) => Object.keys(build({ workers }).Resources).length;
    const each = count({ a: worker, b: worker }) - count({ a: worker });
    expect(limits.text).toContain(
      `A worker has about ${each}: some ${Math.floor((500 - 15) / each)} workers fit`,
    );
  });
});

describe('cost.md', () => {
  const cost = page('docs/cost.md');
  const prices = tableBelow(cost, 'Prices').map(([, price]) => Number(price));
  const rowsOf = (heading: string, nth: number) => {
    // A heading may have several tables below it.
    const tables = cost.text
      .split(`## ${heading}\n`)[1]!
      .split('\n## ')[0]!
      .match(/(?:^\|.*\n)+/gm)!;
    return tables[nth]!.split('\n')
      .slice(2, -1)
      .map((row) => row.split('|').map((cell) => cell.trim()));
  };
  const dollars = (cell: string) => Number(cell.replaceAll('*', ''));
  const product = (arithmetic: string) =>
    arithmetic.split(' × ').reduce((value, factor) => value * Number(factor), 1);

  describe.each([
    ['While nothing runs', 0],
    ['While nothing runs', 1],
    ['A worked example', 0],
  ])('%s, table %i', (heading, nth) => {
    const rows = rowsOf(heading, nth);
    const parts = rows.slice(0, -1);

    it.each(parts.map(([, what, ...figures]) => [what, figures] as const))('%s', (_what, figures) => {
      const [arithmetic = '', result] = figures;
      expect(prices).toContain(Number(arithmetic.split(' × ')[0]));
      expect(product(arithmetic).toFixed(2)).toBe(result);
    });

    it('adds up', () => {
      const sum = parts.reduce((value, [, , , result]) => value + dollars(result!), 0);
      expect(dollars(rows.at(-1)![3]!)).toBeCloseTo(sum, 5);
    });
  });

  it('counts alarms, their metrics and the metrics of the log as the template has them', () => {
    const resources = Object.values(single().Resources);
    const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
    const alarms = ofType('AWS::CloudWatch::Alarm').map(
      ({ Properties }) =>
        (Properties as { Metrics?: { MetricStat?: object }[] }).Metrics ?? [{ MetricStat: {} }],
    );
    const metrics = alarms.flatMap((parts) => parts.filter(({ MetricStat }) => MetricStat !== undefined));
    expect(cost.text).toContain(`alarms: ${metrics.length} metrics in ${alarms.length} alarms`);
    expect(ofType('AWS::Logs::MetricFilter')).toHaveLength(4);
    expect(cost.text).toContain('four metrics of the log');
  });

  it('counts long polls as the watcher makes them', () => {
    const polls = (30 * 86_400) / LONG_POLL_SECONDS;
    expect(cost.text).toContain(`long polls: one in ${LONG_POLL_SECONDS} s, ${text(polls)} a month`);
    expect(cost.text).toContain(`0.40 × ${polls / 1e6}`);
  });
});
