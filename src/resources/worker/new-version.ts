import { NEW_VERSION_ALARM } from '../../config/defaults';
import { docsLink } from '../../config/docs';
import { METRIC_NAMESPACE, metricName, newVersionAlarmName } from '../../config/names';
import { COUNTED_RESULTS, LogField, type JobResult } from '../../contract/log';
import { ref, type Resources } from '../cloudformation';
import { ENDED, outcomePattern } from './log-metrics';
import { partOfFormula } from './metrics';
import { idOf, named, type Subject } from './subject';
import { versionOf } from './task-definition';

const DIMENSION = 'Version';
const ERRORS = 'VersionErrors';
const JOBS = 'VersionJobs';

/**
 * Failures of the new version alone, which roll its deploy back. Watchers say in their log of which version they are, and
 * the filters make a metric of each: so what tasks of the version before do goes into another, and that stays known for as
 * long as they run, should the deploy be rolled back. The alarm is another one for each version, made before the service is
 * changed, and removed after.
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

/** With a dimension there can be no default value: minutes without a job have no data, and breach nothing. */
function filter(subject: Subject, metric: string, results: readonly JobResult[]) {
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

function alarm(subject: Subject, version: string) {
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
