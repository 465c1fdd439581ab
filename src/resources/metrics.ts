import type { TextOrIntrinsic } from '../config/configuration';
import { METRIC_NAMESPACE, metricName } from '../config/names';
import { getAtt, ref } from './cloudformation';
import { clusterName } from './cluster';
import { deadLetterQueueNameOf, queueNameOf } from './queue-references';
import { idOf, type Subject } from './subject';

/** A metric of the worker's queue or dead-letter queue. */
export function queueMetric(
  subject: Subject,
  MetricName: string,
  { of = 'queue', statistic: Statistic }: { of?: 'queue' | 'deadLetterQueue'; statistic: string },
) {
  const Value = of === 'queue' ? queueNameOf(subject) : known(deadLetterQueueNameOf(subject));
  return { Namespace: 'AWS/SQS', MetricName, Dimensions: [{ Name: 'QueueName', Value }], Statistic };
}

function known(name: TextOrIntrinsic | undefined): TextOrIntrinsic {
  if (name === undefined) throw new Error('no dead-letter queue is known: this should not happen');
  return name;
}

/** A metric of the worker's service. */
export function serviceMetric(subject: Subject, MetricName: string, Statistic: string) {
  const Dimensions = [
    { Name: 'ClusterName', Value: clusterName(subject.configuration) },
    { Name: 'ServiceName', Value: getAtt(idOf(subject, 'service'), 'Name') },
  ];
  return { Namespace: 'AWS/ECS', MetricName, Dimensions, Statistic };
}

/** The number of events that a rule has matched: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
export function ruleMetric(ruleId: string) {
  const Dimensions = [{ Name: 'RuleName', Value: ref(ruleId) }];
  return { Namespace: 'AWS/Events', MetricName: 'MatchedEvents', Dimensions, Statistic: 'Sum' };
}

/** What is counted and measured by the log's outcome lines. */
export type LogMetric = 'WorkerErrors' | 'MessageReceives' | 'WorkerDuration' | 'ResponseDuration';

/** The name of a metric of the log: Watchbot's. */
export const logMetricName = ({ configuration, worker }: Subject, metric: LogMetric): string =>
  metricName(configuration.context, worker.name, metric);

export function logMetric(subject: Subject, metric: LogMetric, Statistic: string) {
  return { Namespace: METRIC_NAMESPACE, MetricName: logMetricName(subject, metric), Statistic };
}

interface SimpleMetric {
  Namespace: string;
  MetricName: string;
  Statistic: string;
  Dimensions?: readonly { Name: string; Value: TextOrIntrinsic }[];
}

/** A metric as a part of a formula, which calls it by its `Id`. */
export function partOfFormula(
  Id: string,
  { Namespace, MetricName, Dimensions, Statistic }: SimpleMetric,
  Period: number,
) {
  return {
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic },
  };
}
