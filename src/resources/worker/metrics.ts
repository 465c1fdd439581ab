import { metricName, METRIC_NAMESPACE } from '../../config/names';
import { COUNTED_RESULTS, LogField, LogSource } from '../../contract/log';
import { clusterName } from '../cluster';
import { getAtt, ref, type Resources } from '../cloudformation';
import { idOf, named, type Subject } from './subject';

/** A metric of the worker's queue or dead-letter queue. */
export function queueMetric(
  subject: Subject,
  MetricName: string,
  { of = 'queue', statistic: Statistic }: { of?: 'queue' | 'deadLetterQueue'; statistic: string },
) {
  const Dimensions = [{ Name: 'QueueName', Value: getAtt(idOf(subject, of), 'QueueName') }];
  return { Namespace: 'AWS/SQS', MetricName, Dimensions, Statistic };
}

/** A metric of the worker's service. */
export function serviceMetric(subject: Subject, MetricName: string, Statistic: string) {
  const Dimensions = [
    { Name: 'ClusterName', Value: clusterName(subject.configuration) },
    { Name: 'ServiceName', Value: getAtt(idOf(subject, 'service'), 'Name') },
  ];
  return { Namespace: 'AWS/ECS', MetricName, Dimensions, Statistic };
}

/** Watchbot's WorkerErrors: failed and rejected jobs, read from the outcome lines of the log. */
export const workerErrorsName = ({ configuration, worker }: Subject): string =>
  metricName(configuration.context, worker.name, 'WorkerErrors');

export function workerErrorsMetric(subject: Subject): Resources {
  return named(subject, 'workerErrorsMetric', {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: ref(idOf(subject, 'logGroup')),
      FilterPattern: subject.worker.logs.structured ? structuredPattern() : plainPattern(),
      MetricTransformations: [
        {
          MetricNamespace: METRIC_NAMESPACE,
          MetricName: workerErrorsName(subject),
          MetricValue: '1',
          DefaultValue: 0,
        },
      ],
    },
  });
}

/**
 * The source is part of the pattern, so that a worker which prints `[failure]` or its own JSON counts as nothing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
function plainPattern(): string {
  const results = COUNTED_RESULTS.map((result) => `result = "${result}"`).join(' || ');
  return `[date, source = "${LogSource.watcher}", id, ${results}, ...]`;
}

function structuredPattern(): string {
  const results = COUNTED_RESULTS.map((result) => `$.${LogField.result} = "${result}"`).join(' || ');
  return `{ $.${LogField.source} = "${LogSource.watcher}" && (${results}) }`;
}
