import { describe, expect, it } from '@jest/globals';
import { NEW_VERSION_ALARM } from '../../src/config/defaults';
import { ContainerVariable } from '../../src/contract/environment';
import { JobResult } from '../../src/contract/outcomes';
import { formatPlain } from '../../src/contract/log-lines';
import { formatByWriter } from '../helpers/structured';
import { buildTemplate } from '../../src/resources/template';
import { createLogger } from '../../src/watcher/log';
import { backoffSeconds } from '../../src/watcher/settle/decide';
import { parse } from '../config/support';
import { createFakeClock } from '../helpers/fake-clock';
import { dimensionsIn, valueIn } from '../helpers/metric-filter';
import { type Properties, single } from './support';

const BY_FAILURES = { deploy: { alarms: ['failures'] } };
const FILTERS = ['versionErrorsMetric', 'versionJobsMetric'] as const;

const versionIn = (section: object): unknown => {
  const variables = single(section).of('taskDefinition').ContainerDefinitions[0].Environment as Properties[];
  return variables.find(({ Name }) => Name === ContainerVariable.version)?.Value;
};

/** The line with which the watcher itself tells of a job. */
function lineOf(result: JobResult, version: string | undefined, isStructured: boolean): string {
  const written: string[] = [];
  const log = createLogger({
    write: (text) => void written.push(text),
    format: isStructured ? formatByWriter : formatPlain,
    clock: createFakeClock(0),
    version,
  });
  log.outcome(
    {
      result,
      durationMs: 1,
      responseDurationMs: 2,
      receives: 3,
      code: 1,
      signal: null,
      reason: 'exit code 1',
    },
    'id',
  );
  return written.join('').trimEnd();
}

describe('metrics by version', () => {
  it.each([false, true])(
    'count what ends, and what fails, for each version (structured: %s)',
    (structured) => {
      const { of } = single({ ...BY_FAILURES, logs: { structured } });
      for (const result of Object.values(JobResult)) {
        const line = lineOf(result, '0a1b2c3d', structured);
        const counts = FILTERS.map((filter) => valueIn(of(filter), line));
        const isFailure = result === 'failure' || result === 'rejected';
        expect(counts).toEqual([isFailure ? 1 : undefined, result === 'released' ? undefined : 1]);
        if (isFailure) expect(dimensionsIn(of(FILTERS[0]), line)).toEqual({ Version: '0a1b2c3d' });
      }
    },
  );

  it.each([false, true])('know nothing of tasks that do not say theirs (structured: %s)', (structured) => {
    const { of } = single({ ...BY_FAILURES, logs: { structured } });
    const line = lineOf('failure', undefined, structured);
    expect(FILTERS.map((filter) => valueIn(of(filter), line))).toEqual([undefined, undefined]);
  });

  it.each([false, true])('leave those that there are as they were (structured: %s)', (structured) => {
    const { of } = single({ ...BY_FAILURES, logs: { structured } });
    expect(valueIn(of('workerErrorsMetric'), lineOf('failure', '0a1b2c3d', structured))).toBe(1);
    expect(valueIn(of('messageReceivesMetric'), lineOf('failure', '0a1b2c3d', structured))).toBe(3);
  });

  it.each(FILTERS)('%s has no default value: there can be none beside a dimension', (filter) => {
    expect(single(BY_FAILURES).of(filter).MetricTransformations[0]).not.toHaveProperty('DefaultValue');
  });

  it.each([
    ['a worker', '[Sun, 01 Mar 2026 10:00:00 GMT] [worker] [id] '],
    ['the watcher, of something else', '[Sun, 01 Mar 2026 10:00:00 GMT] [watcher] [id] said '],
  ])('count nothing that %s writes', (_who, before) => {
    const text = '[failure] after 1 ms, 2 ms since sent, receive 3 of version 0a1b2c3d (exit code 1)';
    expect(valueIn(single(BY_FAILURES).of(FILTERS[0]), before + text)).toBeUndefined();
  });
});

describe('the version', () => {
  it('is told to the watcher if it is asked for, and is the same for the same task definition', () => {
    expect(versionIn({})).toBeUndefined();
    expect(versionIn(BY_FAILURES)).toMatch(/^[0-9a-f]{8}$/);
    expect(versionIn(BY_FAILURES)).toBe(versionIn({ ...BY_FAILURES, scaling: { max: 7 } }));
  });

  it.each([
    ['the command', { command: 'false' }],
    ['a variable', { environment: { A: 'a' } }],
    ['the memory', { memory: 1_024 }],
    ['an extension', { extensions: { taskDefinition: { PidMode: 'task' } } }],
  ])('is another with %s, since tasks are replaced then', (_what, section) => {
    expect(versionIn({ ...BY_FAILURES, ...section })).not.toBe(versionIn(BY_FAILURES));
  });

  it('is another with the image', () => {
    const configuration = parse({ command: 'true', ...BY_FAILURES });
    const alarms = ['tiles:1', 'tiles:2'].map(
      (watchbot) =>
        buildTemplate(configuration, { watchbot }).Resources.WatchbotNewVersionAlarm!.Properties!.AlarmName,
    );
    expect(new Set(alarms).size).toBe(2);
  });
});

describe('the alarm on the new version', () => {
  const { of, Resources } = single({ deploy: { alarms: ['failures', 'tiles-are-late'] } });
  const version = versionIn(BY_FAILURES);

  it('is one of its own for each version, and looks at that one alone', () => {
    const part = (Id: string, metric: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: 'Mapbox/ecs-watchbot',
          MetricName: `Watchbot${metric}-tiles-dev`,
          Dimensions: [{ Name: 'Version', Value: version }],
        },
        Period: 300,
        Stat: 'Sum',
      },
    });
    expect(of('newVersionAlarm')).toMatchObject({
      AlarmName: `tiles-dev-WatchbotNewVersionAlarm-${String(version)}`,
      AlarmDescription: expect.stringMatching(/alarms\.md#failures$/),
      Metrics: [
        part('failed', 'VersionErrors'),
        part('jobs', 'VersionJobs'),
        { Id: 'share', Expression: 'IF(failed >= 10, 100 * failed / jobs, 0)', ReturnData: true },
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 50,
      TreatMissingData: 'notBreaching',
    });
    for (const resource of FILTERS) {
      const [{ MetricName }] = of(resource).MetricTransformations;
      expect(JSON.stringify(of('newVersionAlarm'))).toContain(`"MetricName":"${MetricName as string}"`);
    }
  });

  it('is made before the service, which watches it beside the user’s', () => {
    expect(of('service').DeploymentConfiguration.Alarms).toEqual({
      AlarmNames: [{ Ref: 'WatchbotNewVersionAlarm' }, 'tiles-are-late'],
      Enable: true,
      Rollback: true,
    });
    expect(JSON.stringify(Resources.WatchbotNewVersionAlarm)).not.toContain('WatchbotService');
  });

  it('tells nobody by itself: the deployment that fails does', () => {
    const { of: told } = single({ ...BY_FAILURES, notify: 'a@example.com' });
    expect(told('newVersionAlarm')).not.toHaveProperty('AlarmActions');
  });

  it('does not go up for one message that fails again and again', () => {
    let [seconds, receives] = [0, 0];
    while (seconds <= NEW_VERSION_ALARM.period) {
      receives += 1;
      seconds += backoffSeconds(receives, 0);
    }
    expect(receives).toBe(8);
    expect(NEW_VERSION_ALARM.leastFailures).toBeGreaterThan(receives);
  });

  it('is not there, nor what it looks at, if it is not asked for', () => {
    const { has } = single({ deploy: { alarms: ['tiles-are-late'] } });
    expect([...FILTERS, 'newVersionAlarm' as const].filter(has)).toEqual([]);
  });
});
