import { METRIC_PERIOD_SECONDS } from '../limits';
import type { Alarm, Formula, ScalingPolicy, Step, StepScaling } from '../policy';

/**
 * Half a period: the next minute's decision is never held back, and no minute's is made twice. A longer one has no use,
 * since the policy asks for a number of tasks, not for more of them.
 */
const COOLDOWN_SECONDS = METRIC_PERIOD_SECONDS / 2;

export interface Backlog {
  readonly name: string;
  /** What `needed` gives is called. */
  readonly label: string;
  /** What the steps are about, of the messages that wait; those in hand it adds. At least 1 where a task is needed. */
  readonly needed: (waiting: Formula) => Formula;
  /** From 1 on. */
  readonly steps: readonly Step[];
  /** Tasks when there is nothing to do. */
  readonly min: number;
  /** For so long a task stays beyond its last use. */
  readonly keepIdleSeconds: number;
}

/**
 * The shape of this plugin's own policies: three parts, of which the queue's metrics say when each is in force. Where two
 * are, a backlog of which nothing more comes, both ask for the same: of several policies Application Auto Scaling takes
 * the greatest capacity, but only at one moment, and alarms are looked at each in its own second of the minute.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
 * All of them ask for a number of tasks, so that nothing depends on what was done before, and none asks for fewer than
 * have work: a service with more protected tasks than it shall have is refused further protection.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 */
export function backlogPolicy(backlog: Backlog): ScalingPolicy {
  // With one number of tasks there is nothing between it and none.
  const between = backlog.steps.length === 1 ? [] : [steady(backlog)];
  return { name: backlog.name, parts: [up(backlog), ...between, down(backlog)] };
}

/** Messages wait: at once as many tasks as they need. */
function up({ label, needed, steps }: Backlog): StepScaling {
  return part('up', {
    alarm: {
      description: 'Starts as many tasks as the messages need while messages wait.',
      label,
      formula: whileMessagesWait(needed(VISIBLE)),
      threshold: 1,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: 1,
    },
    steps,
  });
}

/**
 * Messages come, and none has had to wait: as many tasks as have been busy at once in all this time. So each task stays
 * until it was not needed for so long. Where a few have waited all the time, they are counted in.
 */
function steady({ label, needed, steps, keepIdleSeconds }: Backlog): StepScaling {
  return part('steady', {
    alarm: {
      description: 'Keeps as many tasks as were busy at once of late while messages come.',
      label,
      formula: whileNoneHadToWait(needed(LEAST_VISIBLE)),
      threshold: 0,
      periodSeconds: keepIdleSeconds,
      evaluationPeriods: 1,
    },
    steps: fromNone(steps),
  });
}

/** None has come in all this time: as many tasks as have work. It only gets less, so the least is the latest. */
function down({ label, needed, steps, min, keepIdleSeconds }: Backlog): StepScaling {
  return part('down', {
    alarm: {
      description: 'Ends tasks as their work does when no message has come of late.',
      label,
      formula: whileNoneCame(needed(VISIBLE)),
      threshold: 0,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: Math.round(keepIdleSeconds / METRIC_PERIOD_SECONDS),
    },
    aggregation: 'Minimum',
    steps: min === 0 ? [{ from: 0, to: 1, adjust: 0 }, ...steps] : fromNone(steps),
  });
}

/** The first step takes less than a message, too. */
const fromNone = (steps: readonly Step[]): Step[] =>
  steps.map((step, index) => (index === 0 ? { ...step, from: 0 } : step));

function part(
  direction: StepScaling['direction'],
  given: {
    alarm: Omit<Alarm, 'comparison' | 'statistic'>;
    steps: readonly Step[];
    aggregation?: StepScaling['aggregation'];
  },
): StepScaling {
  return {
    kind: 'step',
    direction,
    adjustment: 'ExactCapacity',
    cooldownSeconds: COOLDOWN_SECONDS,
    aggregation: 'Maximum',
    ...given,
    alarm: { ...given.alarm, comparison: 'GreaterThanOrEqualToThreshold', statistic: 'Maximum' },
  };
}

const NONE: Formula = { number: 0 };
/** Below the threshold of each alarm that has it. */
const SILENT: Formula = { number: -1 };

/**
 * SQS tells of some metrics only while there is something to tell, and a formula with a missing part has no value.
 * `visible` is never filled: it says for which minutes there is a value at all.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const VISIBLE: Formula = { metric: 'visible' };
const LEAST_VISIBLE: Formula = { metric: 'leastVisible' };
export const IN_FLIGHT: Formula = { function: 'FILL', of: [{ metric: 'inFlight' }, NONE] };
const SENT: Formula = { function: 'FILL', of: [{ metric: 'sent' }, NONE] };

/** Messages that wait, and those in hand. */
export const plusInFlight = (waiting: Formula): Formula => ({ operator: '+', of: [waiting, IN_FLIGHT] });

/** Watchbot's TotalMessages, which took a Lambda function each minute: waiting and in flight, added by CloudWatch. */
export const TOTAL_MESSAGES = plusInFlight(VISIBLE);

/** Beside so many messages in hand, one that waits is no reason yet to start a task. */
const IN_HAND_FOR_ONE_WAITING = 10;

/** Above 0 where more messages wait than a few beside those in hand: where none is in hand, one is enough. */
const MORE_THAN_A_FEW_WAIT: Formula = {
  operator: '-',
  of: [VISIBLE, { operator: '/', of: [IN_FLIGHT, { number: IN_HAND_FOR_ONE_WAITING }] }],
};

const either = (condition: Formula, then: Formula, otherwise: Formula): Formula => ({
  function: 'IF',
  of: [condition, then, otherwise],
});

/** The formula's value while more messages wait than a few, and else 0. */
const whileMessagesWait = (formula: Formula): Formula => either(MORE_THAN_A_FEW_WAIT, formula, NONE);

/** The formula's value where messages have come and no more than a few had to wait. */
const whileNoneHadToWait = (formula: Formula): Formula =>
  either(MORE_THAN_A_FEW_WAIT, SILENT, either(SENT, formula, SILENT));

/** The formula's value where none has come. */
const whileNoneCame = (formula: Formula): Formula => either(SENT, SILENT, formula);
