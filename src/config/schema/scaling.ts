import { Type } from '@sinclair/typebox';
import { DEFAULT_LATENCY_SECONDS, MAX_STEPS, METRIC_PERIOD_SECONDS } from '../../scaling/limits';
import { ECS, SQS } from '../limits';
import { oneOf, strictObject } from './values';

const StepSchema = strictObject({
  messages: Type.Integer({
    minimum: 1,
    description: 'The step begins at so many messages, waiting or in flight; the first one at 1.',
  }),
  tasks: Type.Integer({
    minimum: 1,
    maximum: ECS.maxTasksPerService,
    description: 'Tasks that there are then.',
  }),
});

/** How the plugin works out what a task is worth, or is told. */
const ways = {
  jobDuration: Type.Optional(
    Type.Number({
      minimum: 0.01,
      maximum: SQS.maxVisibilityTimeoutSeconds,
      description:
        'Seconds that a job usually takes. With it, no more tasks are started for short jobs than `latency` asks for.',
      otherwise: 'unknown: as many tasks as there are messages for their workers',
    }),
  ),
  latency: Type.Optional(
    Type.Integer({
      minimum: METRIC_PERIOD_SECONDS,
      maximum: SQS.maxRetentionSeconds,
      description:
        'Seconds for which a message may wait once the tasks run; goes with `jobDuration`. There are as many tasks as do the backlog in this time.',
      otherwise: `${DEFAULT_LATENCY_SECONDS}, with \`jobDuration\``,
    }),
  ),
  groups: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'Message groups that there usually are, of a FIFO queue. One is worked on by one worker at a time, so more workers than groups are not started.',
      otherwise: 'unknown: a group for each message',
    }),
  ),
  steps: Type.Optional(
    Type.Array(StepSchema, {
      title: 'a list of steps {messages, tasks}',
      minItems: 1,
      maxItems: MAX_STEPS,
      description:
        'Your own steps, ascending, instead of those that the plugin works out: from so many messages on, so many tasks.',
      otherwise: 'worked out from the other keys',
    }),
  ),
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
  },
  { default: {}, description: 'How many tasks run.' },
);
