import { NEW_VERSION_ALARM } from '../config/defaults';
import { docsLink } from '../shared/docs-link';
import { METRIC_NAMESPACE, metricName, newVersionAlarmName } from '../config/names';
import { COUNTED_RESULTS, type JobResult } from '../contract/outcomes';
import { LogField } from '../contract/log-lines';
import { ref } from './cloudformation';
import { ENDED, outcomePattern } from './log';
import { partOfFormula } from './metrics';
import type { Resource, Resources } from './resource-types';
import { idOf, named, type Subject } from './subject';
import { versionOf } from './task';

const DIMENSION = 'Version';
const ERRORS = 'VersionErrors';
const JOBS = 'VersionJobs';

/**
 * Rolls a deploy back if jobs of the new version fail. Watchers log their version, and the filters make a metric for each
 * version, so that jobs of the previous version do not count; its metric goes on as long as its tasks run, in case the
 * deploy is rolled back. Each version has an alarm of its own, which is made before the service is changed, and removed
 * afterwards.
 */
export function newVersion(subject: Subject): Resources {
  const version = versionOf(subject);
  if (version === undefined) return {};
  return {
    ...named(subject, 'versionErrorsMetric', filter(subject, ERRORS, COUNTED_RESULTS)),
    ...named(subject, 'versionJobsMetric', filter(subject, JOBS, ENDED)),
    ...named(subject, 'newVersionAlarm', alarm(subject, version)),
  };
}

const nameOf = ({ configuration, worker }: Subject, metric: string) =>
  metricName(configuration.context, worker.name, metric);

/** A metric with dimensions takes no default value: minutes without a job have no data, and breach nothing. */
function filter(subject: Subject, metric: string, results: readonly JobResult[]): Resource {
  const { structured } = subject.worker.logs;
  return {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: ref(idOf(subject, 'logGroup')),
      FilterPattern: outcomePattern(structured, results, true),
      MetricTransformations: [
        {
          MetricNamespace: METRIC_NAMESPACE,
          MetricName: nameOf(subject, metric),
          MetricValue: '1',
          Unit: 'Count',
          Dimensions: [
            { Key: DIMENSION, Value: structured ? `$.${LogField.version}` : `$${LogField.version}` },
          ],
        },
      ],
    },
  };
}

function alarm(subject: Subject, version: string): Resource {
  const { configuration, worker } = subject;
  const { leastFailures, percent, period } = NEW_VERSION_ALARM;
  const part = (id: string, metric: string) =>
    partOfFormula(
      id,
      {
        Namespace: METRIC_NAMESPACE,
        MetricName: nameOf(subject, metric),
        Dimensions: [{ Name: DIMENSION, Value: version }],
        Statistic: 'Sum',
      },
      period,
    );
  const text = `at least ${leastFailures} jobs of version ${version} have failed, and at least ${percent} % of those that ended: a deploy of it is rolled back.`;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: newVersionAlarmName(configuration.context, worker.name, version),
      AlarmDescription: `${configuration.context.stackName}, worker ${worker.name}: ${text} ${docsLink('alarms', 'failures')}`,
      Metrics: [
        part('failed', ERRORS),
        part('jobs', JOBS),
        {
          Id: 'share',
          Label: 'FailedPercent',
          Expression: `IF(failed >= ${leastFailures}, 100 * failed / jobs, 0)`,
          ReturnData: true,
        },
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: percent,
      TreatMissingData: 'notBreaching',
    },
  };
}
