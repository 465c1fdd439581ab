import { Type } from '@sinclair/typebox';
import {
  AWAKE_EVERY_HOURS,
  DEFAULT_KEEP_IDLE_SECONDS,
  DEFAULT_LATENCY_SECONDS,
  MAX_KEEP_IDLE_SECONDS,
  MAX_LEVELS,
  METRIC_PERIOD_SECONDS,
} from '../../scaling/limits';
import { AUTO_SCALING, ECS, SQS } from '../limits';
import { oneOf, strictObject } from './values';

const StepSchema = strictObject({
  messages: Type.Integer({
    minimum: 1,
    description: 'The step begins at this many messages, waiting or in flight; the first one at 1.',
  }),
  tasks: Type.Integer({
    minimum: 1,
    maximum: ECS.maxTasksPerService,
    description: 'Tasks from this step on.',
  }),
});

const ScheduleSchema = strictObject(
  {
    rate: Type.String({
      title: 'an expression like cron(0 8 ? * MON-FRI *)',
      minLength: 1,
      description: '`cron(0 8 ? * MON-FRI *)`, `at(2030-01-01T00:00:00)` or `rate(1 day)`: when it begins.',
    }),
    timezone: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 50,
        description: 'The time zone of a `cron` or `at`, such as `Europe/Vienna`. Summer time is followed.',
        otherwise: 'UTC',
      }),
    ),
    min: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: ECS.maxTasksPerService,
        description: 'Tasks when there is nothing to do, from then on.',
        otherwise: 'as it was',
      }),
    ),
    max: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: ECS.maxTasksPerService,
        description:
          'Tasks at most, from then on; with 0 messages wait. Tasks beyond that end when their jobs have ended.',
        otherwise: 'as it was',
      }),
    ),
  },
  {
    title: '{rate, timezone, min, max}',
    hints: { cron: 'rate', at: 'rate', expression: 'rate', schedule: 'rate' },
  },
);

const use = (what: string) =>
  Type.Optional(
    Type.Number({
      minimum: 1,
      maximum: 100,
      description: `Percent of the ${what} that is to be in use, in the mean of all tasks: so many tasks are added that it is, if the messages alone ask for fewer. At most one for each message.`,
      otherwise: 'the messages alone decide',
    }),
  );

/** What has a say beside the number of messages. */
const signals = {
  cpu: use('CPU'),
  memory: use('memory'),
  age: Type.Optional(
    Type.Integer({
      unit: 'seconds',
      minimum: METRIC_PERIOD_SECONDS,
      maximum: SQS.maxRetentionSeconds,
      description:
        'Seconds that the oldest message may be old. If it is twice as old, twice as many tasks are there as the messages alone ask for, and so on; at most as many as have something to begin.',
      otherwise: 'the age has no say',
    }),
  ),
};

/** How the plugin works out how many tasks it takes, or is told. */
const ways = {
  jobDuration: Type.Optional(
    Type.Number({
      unit: 'seconds',
      minimum: 0.01,
      maximum: SQS.maxVisibilityTimeoutSeconds,
      description:
        'Seconds that a job usually takes. With it, no more tasks are started for short jobs than `latency` asks for.',
      otherwise: 'unknown: as many tasks as there are messages for their workers',
    }),
  ),
  latency: Type.Optional(
    Type.Integer({
      unit: 'seconds',
      minimum: METRIC_PERIOD_SECONDS,
      maximum: SQS.maxRetentionSeconds,
      description:
        'Seconds for which a message may wait once the tasks run; goes with `jobDuration`. There are as many tasks as it takes to work off the backlog in this time.',
      otherwise: `${DEFAULT_LATENCY_SECONDS}, with \`jobDuration\``,
    }),
  ),
  groups: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'Message groups that a FIFO queue usually has. One worker at a time works on a group, so no more workers than groups are started.',
      otherwise: 'unknown: a group for each message',
    }),
  ),
  keepIdle: Type.Optional(
    Type.Integer({
      unit: 'seconds',
      minimum: METRIC_PERIOD_SECONDS,
      maximum: MAX_KEEP_IDLE_SECONDS,
      multipleOf: METRIC_PERIOD_SECONDS,
      description:
        'Seconds for which idle tasks stay: a message that comes meanwhile need not wait for a task to start. A lower value costs fewer task-hours and more starts.',
      otherwise: String(DEFAULT_KEEP_IDLE_SECONDS),
    }),
  ),
  steps: Type.Optional(
    Type.Array(StepSchema, {
      title: 'a list of steps {messages, tasks}',
      minItems: 1,
      maxItems: MAX_LEVELS,
      description:
        'Your own steps, ascending, instead of those that the plugin works out: from so many messages on, so many tasks.',
      otherwise: 'worked out from the other keys',
    }),
  ),
  ...signals,
  compatibility: Type.Optional(
    oneOf(['watchbot'], {
      description:
        "Watchbot's own policy: a tenth of `max` more every five minutes while messages wait, and none ten minutes after the last.",
      otherwise: 'none',
    }),
  ),
};

export const ScalingSchema = strictObject(
  {
    min: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: ECS.maxTasksPerService,
      description: 'Tasks when there is nothing to do.',
    }),
    max: Type.Integer({
      default: 1,
      minimum: 1,
      maximum: ECS.maxTasksPerService,
      description: 'Tasks at most.',
    }),
    ...ways,
    schedule: Type.Optional(
      Type.Array(ScheduleSchema, {
        title: 'a list of {rate, timezone, min, max}',
        minItems: 1,
        maxItems: AUTO_SCALING.maxScheduledActions,
        description:
          'Other `min` and `max` by the clock, such as in office hours: each entry holds until another one begins.',
        otherwise: 'none: `min` and `max` always',
      }),
    ),
    awake: Type.Optional(
      Type.Boolean({
        description: `Whether the queue's metrics are kept from falling asleep: after six hours without use they stop, and the first message then waits for up to 15 minutes more. EventBridge Scheduler sets a tag of the queue again every ${AWAKE_EVERY_HOURS} hours.`,
        otherwise: '`true`; `false` with `queue.arn`, and while `min` is never 0',
      }),
    ),
  },
  { default: {}, short: 'max', description: 'How many tasks run. A number alone is `max`.' },
);
