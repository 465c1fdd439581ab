/**
 * Alarms and their defaults: Watchbot's own from before v10 (reference: its `docs/alarms.md`), CPU as in v10. Watchbot has
 * none on growth: a dead-letter queue that is not empty would never alarm again.
 */
export interface AlarmSettings {
  threshold: number;
  /** Seconds. */
  period: number;
  evaluationPeriods: number;
}

export const ALARM_DEFAULTS = {
  deadLetter: { threshold: 1, period: 60, evaluationPeriods: 1 },
  deadLetterGrowth: { threshold: 1, period: 60, evaluationPeriods: 1 },
  workerErrors: { threshold: 10, period: 60, evaluationPeriods: 1 },
  queueSize: { threshold: 40, period: 300, evaluationPeriods: 24 },
  memory: { threshold: 100, period: 60, evaluationPeriods: 10 },
  cpu: { threshold: 90, period: 60, evaluationPeriods: 10 },
} as const satisfies Record<string, AlarmSettings>;

export type AlarmName = keyof typeof ALARM_DEFAULTS;
export const ALARM_NAMES = Object.keys(ALARM_DEFAULTS) as readonly AlarmName[];
