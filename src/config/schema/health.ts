import { Type } from '@sinclair/typebox';
import { ECS } from '../limits';
import { strictObject } from './values';

/**
 * What a check has where it does not say. With a quarter of a processor the start of a check alone can take seconds.
 * A validator fills in no defaults within a choice.
 */
export const HEALTH_CHECK_DEFAULTS = { interval: 30, timeout: 10, retries: 3, startPeriod: 30 } as const;

const seconds = (
  key: keyof typeof HEALTH_CHECK_DEFAULTS,
  [minimum, maximum]: readonly [number, number],
  description: string,
) => Type.Optional(Type.Integer({ minimum, maximum, default: HEALTH_CHECK_DEFAULTS[key], description }));

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const Check = strictObject({
  command: Type.Optional(
    Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1, maxItems: 100 })], {
      title: 'a shell line or a list of arguments',
      description: 'Run in the container; ends with 0 when all is well. A text needs a shell in the image.',
      otherwise: "the watcher's own check",
    }),
  ),
  interval: seconds('interval', ECS.healthIntervalSeconds, 'Seconds between checks.'),
  timeout: seconds('timeout', ECS.healthTimeoutSeconds, 'Seconds that a check may take.'),
  retries: seconds('retries', ECS.healthRetries, 'Failures in a row after which the task is replaced.'),
  startPeriod: seconds(
    'startPeriod',
    ECS.healthStartPeriodSeconds,
    'Seconds after the start in which failures do not count.',
  ),
});

export const HealthCheckSchema = Type.Union([Type.Boolean(), Check], {
  default: true,
  title: '`true`, `false` or {command, interval, timeout, retries, startPeriod}',
  description:
    "How ECS knows that a task is well. `true`: the watcher's own check, which fails when the watcher has stopped working. `false`: ECS only sees whether the container runs.",
});
