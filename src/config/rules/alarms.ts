import { ALARM_DEFAULTS, ALARM_NAMES, type AlarmSettings } from '../alarm-defaults';
import { CLOUDWATCH } from '../limits';
import { hasDeadLetterQueue } from '../queue-kind';
import { isMap } from '../maps';
import type { WorkerRule } from './rule';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (Period) */
export const alarmWindows: WorkerRule = {
  reads: ['alarms'],
  check: ({ worker: { alarms }, at }) =>
    ALARM_NAMES.flatMap((name) => {
      const given = alarms[name];
      const settings: AlarmSettings = { ...ALARM_DEFAULTS[name], ...(given === false ? {} : given) };
      const { period, evaluationPeriods } = settings;
      const limit = windowLimit(settings);
      if (period * evaluationPeriods <= limit) return [];
      return [
        {
          code: 'WATCHBOT_OUT_OF_RANGE' as const,
          place: at('alarms', name),
          given: `${evaluationPeriods} periods of ${period} seconds: ${period * evaluationPeriods} seconds`,
          allowed: `at most ${limit} seconds in all with this period`,
          advice: 'lower `evaluationPeriods` or `period`',
        },
      ];
    }),
};

function windowLimit({ period }: AlarmSettings): number {
  return period < CLOUDWATCH.longPeriodSeconds
    ? CLOUDWATCH.maxWindowSeconds
    : CLOUDWATCH.maxLongWindowSeconds;
}

const OF_DEAD_LETTERS = ['deadLetter', 'deadLetterGrowth'] as const;

/** Such an alarm would not be made, and nobody would hear of it. */
export const deadLetterAlarmsHaveAQueue: WorkerRule = {
  reads: ['alarms', 'queue'],
  check: ({ worker: { queue }, given: { alarms }, at }) => {
    if (hasDeadLetterQueue(queue) || !isMap(alarms)) return [];
    return OF_DEAD_LETTERS.filter((name) => isMap(alarms[name])).map((name) => ({
      code: 'WATCHBOT_CONTRADICTION' as const,
      place: at('alarms', name),
      given: `an alarm on dead letters ${queue.arn === undefined ? 'with `queue.deadLetter: false`' : 'of a queue whose dead-letter queue is not known'}`,
      allowed: 'with a dead-letter queue',
      advice:
        queue.arn === undefined
          ? 'remove it, or `deadLetter: false`'
          : 'give its ARN in `queue.deadLetter`, or remove the alarm',
    }));
  },
};
