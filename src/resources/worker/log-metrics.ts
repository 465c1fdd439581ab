import { METRIC_NAMESPACE } from '../../config/names';
import type { WorkerResource } from '../../config/logical-ids';
import { COUNTED_RESULTS, JobResult, LogField, LogSource } from '../../contract/log';
import { combine, compact, ref, type Resources } from '../cloudformation';
import { logMetricName, type LogMetric } from './metrics';
import { idOf, named, type Subject } from './subject';

interface Kind {
  resource: WorkerResource;
  /** Jobs that count. */
  results: readonly JobResult[];
  /** The number that is taken from a line: the field of the pattern, and of the structured line. Else 1 is. */
  value?: { plain: PlainField; structured: string };
  unit: 'Count' | 'Milliseconds';
}

/** A job that was released because its task was stopped has neither failed nor taken its time. */
export const ENDED = Object.values(JobResult).filter((result) => result !== JobResult.released);

const KINDS: Record<LogMetric, Kind> = {
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

/** Watchbot's metrics of before v10, read from the outcome lines of the log, whichever their format. */
export function logMetrics(subject: Subject): Resources {
  return combine(
    Object.entries(KINDS).map(([metric, kind]) => metricFilter(subject, metric as LogMetric, kind)),
  );
}

function metricFilter(
  subject: Subject,
  metric: LogMetric,
  { resource, results, value, unit }: Kind,
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
        compact({
          MetricNamespace: METRIC_NAMESPACE,
          MetricName: logMetricName(subject, metric),
          MetricValue,
          Unit: unit,
          // No line is no error; but no line has no duration either.
          DefaultValue: value === undefined ? 0 : undefined,
        }),
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

/** Those that follow where versions are told apart. */
const VERSION_WORDS = ['of = "of"', 'word = "version"', LogField.version];

/**
 * Which outcome lines a filter takes. The source is part of the pattern, so that a worker which prints `[failure]` or its
 * own JSON counts as nothing.
 * @param isByVersion only those that say of which version the worker is
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
