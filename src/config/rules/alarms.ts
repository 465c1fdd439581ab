import { ALARM_DEFAULTS, ALARM_NAMES, type AlarmSettings } from '../alarm-defaults';
import { CLOUDWATCH } from '../limits';
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
