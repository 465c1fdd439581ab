import { Type, type TInteger, type TNumber } from '@sinclair/typebox';
import { DEFAULT_LOG_RETENTION_DAYS, ALARM_DEFAULTS, type AlarmName } from '../defaults';
import { LOG_RETENTION_DAYS, SQS } from '../limits';
import { strictObject } from './values';

/** CloudWatch takes 10, 20, 30 and multiples of 60 seconds; AWS's own metrics come once a minute at best. */
const PERIOD_SECONDS = { unit: 'seconds', multipleOf: 60, minimum: 60, maximum: 86_400 };

const ALARM_TEXTS: Record<AlarmName, string> = {
  deadLetter: 'Messages in the dead-letter queue, if there is one.',
  deadLetterGrowth: 'Messages that were added to the dead-letter queue, even if there were some before.',
  deadLetterAge: 'Dead letters that SQS will delete before long: the only reminder before they are gone.',
  age: 'A message that is older than it may be, in the queue or being worked on.',
  workerErrors: 'Failed and rejected jobs in one period.',
  queueSize: 'Messages waiting, over a long time: the service does not keep up.',
  memory: 'Memory used, in percent of what the task has.',
  cpu: 'CPU used, in percent of what the task has.',
  deployment: 'A deployment that failed, and that ECS rolls back.',
  placement: 'Tasks that ECS cannot place or start: no capacity, no address, no image, a quota.',
};

/** What the threshold of each is compared with. */
const ALARM_THRESHOLDS: Record<AlarmName, string> = {
  deadLetter: 'This many messages, or more.',
  deadLetterGrowth: 'This many messages, or more, in one period.',
  deadLetterAge: 'Seconds, or more, since a message became a dead letter.',
  age: 'More seconds than this since the oldest message was sent.',
  workerErrors: 'More jobs than this in a period.',
  queueSize: 'More messages than this, on average over a period.',
  memory: 'More percent than this, on average over a period.',
  cpu: 'More percent than this, on average over a period.',
  deployment: 'This many events of ECS, or more, in one period.',
  placement: 'This many events of ECS, or more, in one period.',
};

const count = (name: AlarmName) =>
  Type.Number({
    minimum: 0,
    default: ALARM_DEFAULTS[name].threshold,
    description: ALARM_THRESHOLDS[name],
  });

const seconds = (name: AlarmName, otherwise: string) =>
  Type.Integer({
    unit: 'seconds',
    minimum: 60,
    maximum: SQS.maxRetentionSeconds,
    description: ALARM_THRESHOLDS[name],
    otherwise,
  });

function alarm(name: AlarmName, threshold = count(name) as TNumber | TInteger, otherwise?: string) {
  const defaults = ALARM_DEFAULTS[name];
  const settings = strictObject({
    threshold: Type.Optional(threshold),
    period: Type.Optional(
      Type.Integer({
        ...PERIOD_SECONDS,
        default: defaults.period,
        description: 'Seconds of one period.',
      }),
    ),
    evaluationPeriods: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_440,
        default: defaults.evaluationPeriods,
        description: 'Periods in a row that it takes to alarm.',
      }),
    ),
  });
  return Type.Optional(
    Type.Union([Type.Literal(false), settings], {
      title: 'false or {threshold, period, evaluationPeriods}',
      description: ALARM_TEXTS[name],
      ...(otherwise === undefined ? { default: defaults } : { otherwise }),
    }),
  );
}

const BEFORE_THE_END =
  'two days before the first can be deleted, but at least half of the time that they are kept; `7d` with all defaults, `12d` with `queue.fifo`';

export const AlarmsSchema = strictObject(
  {
    deadLetter: alarm('deadLetter'),
    deadLetterGrowth: alarm('deadLetterGrowth'),
    deadLetterAge: alarm('deadLetterAge', seconds('deadLetterAge', BEFORE_THE_END), BEFORE_THE_END),
    age: alarm('age', seconds('age', 'must be given'), 'none: only you know how long a message may wait'),
    workerErrors: alarm('workerErrors'),
    queueSize: alarm('queueSize'),
    memory: alarm('memory'),
    cpu: alarm('cpu'),
    placement: alarm('placement'),
    deployment: alarm('deployment'),
  },
  { default: {}, description: 'All but `age` are on; each can be tuned, or switched off with `false`.' },
);

export const DashboardSchema = Type.Boolean({
  default: true,
  description: 'A CloudWatch dashboard of the queue, the jobs and the tasks.',
});

export const LogsSchema = strictObject(
  {
    retention: Type.Optional(
      Type.Unsafe<number>({
        type: 'integer',
        unit: 'days',
        enum: [...LOG_RETENTION_DAYS],
        description: 'Days for which the log is kept.',
        otherwise: `\`provider.logRetentionInDays\`, or ${DEFAULT_LOG_RETENTION_DAYS}`,
      }),
    ),
    structured: Type.Boolean({
      default: false,
      description: 'One JSON object a line, instead of plain lines.',
    }),
  },
  {
    default: {},
    short: 'retention',
    description: "The worker's log group. A number alone is its `retention`.",
  },
);
