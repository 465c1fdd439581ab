/**
 * Alarms and their defaults: Watchbot's own from before v10 (reference: its `docs/alarms.md`), CPU as in v10. Watchbot has
 * none on growth: a dead-letter queue that is not empty would never alarm again. Nor has it those on what ECS
 * tells. That of placement looks at an hour: while its cause is there tasks are tried again, at last every 27 minutes.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
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
  placement: { threshold: 1, period: 3_600, evaluationPeriods: 1 },
  deployment: { threshold: 1, period: 60, evaluationPeriods: 1 },
} as const satisfies Record<string, AlarmSettings>;

export type AlarmName = keyof typeof ALARM_DEFAULTS;
export const ALARM_NAMES = Object.keys(ALARM_DEFAULTS) as readonly AlarmName[];

/**
 * When the new version of a worker is a bad one. One message alone fails eight times within five minutes, by its backoff:
 * it takes two that fail, whichever the version.
 */
export const NEW_VERSION_ALARM = { leastFailures: 10, percent: 50, period: 300 } as const;
