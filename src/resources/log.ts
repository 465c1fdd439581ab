import type { WorkerResource } from '../config/logical-ids';
import { logGroupName, METRIC_NAMESPACE, sidecarLogGroupName } from '../config/names';
import { hasSidecarLog } from '../config/sidecars';
import { COUNTED_RESULTS, JobResult } from '../contract/outcomes';
import { LogField, LogSource } from '../contract/log-lines';
import { combine, ref } from './cloudformation';
import { type LogMetric, logMetricName } from './metrics';
import type { PropertiesOf, Resources } from './resource-types';
import { idOf, named, type Subject } from './subject';

/** The schema of the configuration allows just those of CloudWatch. */
type Retention = PropertiesOf<'AWS::Logs::LogGroup'>['RetentionInDays'];

export function logGroup(subject: Subject): Resources {
  const { configuration, worker } = subject;
  return named(subject, 'logGroup', {
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: logGroupName(configuration.context, worker.name),
      RetentionInDays: worker.logs.retention as Retention,
    },
  });
}

/** Of the sidecars that have a log. */
export function sidecarLogGroup(subject: Subject): Resources {
  const { configuration, worker } = subject;
  if (!hasSidecarLog(worker)) return {};
  return named(subject, 'sidecarLogGroup', {
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: sidecarLogGroupName(configuration.context, worker.name),
      RetentionInDays: worker.logs.retention as Retention,
    },
  });
}

interface FilterKind {
  resource: WorkerResource;
  /** Results of the jobs that count. */
  results: readonly JobResult[];
  /** The field that has the number: of the pattern for plain lines, and of structured lines. Without it, each line counts 1. */
  value?: { plain: PlainField; structured: string };
  unit: 'Count' | 'Milliseconds';
}

/** A job that was released because its task was stopped has not ended: it has neither failed nor a duration. */
export const ENDED = Object.values(JobResult).filter((result) => result !== JobResult.released);

const KINDS: Record<LogMetric, FilterKind> = {
  WorkerErrors: { resource: 'workerErrorsMetric', results: COUNTED_RESULTS, unit: 'Count' },
  MessageReceives: {
    resource: 'messageReceivesMetric',
    results: ENDED,
    value: { plain: 'receives', structured: LogField.receives },
    unit: 'Count',
  },
  WorkerDuration: {
    resource: 'workerDurationMetric',
    results: ENDED,
    value: { plain: 'duration', structured: LogField.duration },
    unit: 'Milliseconds',
  },
  ResponseDuration: {
    resource: 'responseDurationMetric',
    results: ENDED,
    value: { plain: 'response_duration', structured: LogField.responseDuration },
    unit: 'Milliseconds',
  },
};

/** The metrics that Watchbot had before v10, read from the outcome lines of the log, in both formats. */
export function logMetrics(subject: Subject): Resources {
  return combine(
    Object.entries(KINDS).map(([metric, kind]) => metricFilter(subject, metric as LogMetric, kind)),
  );
}

function metricFilter(
  subject: Subject,
  metric: LogMetric,
  { resource, results, value, unit }: FilterKind,
): Resources {
  const { structured } = subject.worker.logs;
  const field = structured ? value?.structured : value?.plain;
  const MetricValue = field === undefined ? '1' : structured ? `$.${field}` : `$${field}`;
  return named(subject, resource, {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: ref(idOf(subject, 'logGroup')),
      FilterPattern: outcomePattern(structured, results),
      MetricTransformations: [
        {
          MetricNamespace: METRIC_NAMESPACE,
          MetricName: logMetricName(subject, metric),
          MetricValue,
          Unit: unit,
          // A minute without lines has no errors, but it has no duration either.
          DefaultValue: value === undefined ? 0 : undefined,
        },
      ],
    },
  });
}

/**
 * The words of an outcome line in the plain format, each a field: see `outcomeText` in `src/contract/log-lines.ts`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
const OUTCOME_WORDS = [
  'after',
  'duration',
  'ms1',
  'response_duration',
  'ms2',
  'since',
  'sent',
  'receive',
  'receives',
] as const;
type PlainField = (typeof OUTCOME_WORDS)[number];

/** Words that follow if watchers log their version. */
const VERSION_WORDS = ['of = "of"', 'word = "version"', LogField.version];

/**
 * The outcome lines that a filter takes. The source is part of the pattern, so that a worker that prints `[failure]` or its
 * own JSON is not counted.
 * @param isByVersion takes only lines that have the worker's version
 */
export function outcomePattern(
  structured: boolean,
  results: readonly JobResult[],
  isByVersion = false,
): string {
  const field = structured ? `$.${LogField.result}` : 'result';
  const choice = results.map((result) => `${field} = "${result}"`).join(' || ');
  if (!structured) {
    const words = [...OUTCOME_WORDS, ...(isByVersion ? VERSION_WORDS : [])].join(', ');
    return `[date, source = "${LogSource.watcher}", id, ${choice}, ${words}, ...]`;
  }
  const version = isByVersion ? ` && $.${LogField.version} = "*"` : '';
  return `{ $.${LogField.source} = "${LogSource.watcher}" && (${choice})${version} }`;
}
