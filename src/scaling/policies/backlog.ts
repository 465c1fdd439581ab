import { METRIC_PERIOD_SECONDS } from '../limits';
import type { Alarm, Formula, ScalingPolicy, Step, StepScaling } from '../policy';

/**
 * Half a period, so that the next minute's decision is never held back, and no minute's is made twice. A longer
 * cooldown would be of no use, because the policy asks for a number of tasks, not for more of them.
 */
const COOLDOWN_SECONDS = METRIC_PERIOD_SECONDS / 2;

export interface Backlog {
  readonly name: string;
  /** What the result of `needed` is called in CloudWatch. */
  readonly label: string;
  /**
   * The value that the steps are about, from the messages that wait; it adds those in flight. At least 1 if a task is
   * needed.
   */
  readonly needed: (waiting: Formula, periodSeconds: number) => Formula;
  /** From 1 on. */
  readonly steps: readonly Step[];
  /** Tasks when there is nothing to do. */
  readonly min: number;
  /** How long a task stays after its last use. */
  readonly keepIdleSeconds: number;
}

/**
 * The shape of this plugin's own policies: three parts, and the queue's metrics say when each is in force. If two
 * are, as for a backlog to which nothing is added, both ask for the same: Application Auto Scaling takes the greatest
 * capacity of several policies, but only at one moment, and each alarm is evaluated in its own second of the minute.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
 * Each of them asks for a number of tasks, so that nothing depends on what was done before, and none asks for fewer
 * tasks than are busy: ECS refuses protection to a service that has more protected tasks than are desired.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 */
export function backlogPolicy(backlog: Backlog): ScalingPolicy {
  // If the policy has only one number of tasks, there is nothing between it and none.
  const between = backlog.steps.length === 1 ? [] : [steady(backlog)];
  return { name: backlog.name, parts: [up(backlog), ...between, down(backlog)] };
}

/** Messages wait: asks at once for as many tasks as they need. */
function up({ label, needed, steps }: Backlog): StepScaling {
  return part('up', {
    alarm: {
      description: 'Starts as many tasks as the messages need while messages wait.',
      label,
      formula: whileMessagesWait(needed(VISIBLE, METRIC_PERIOD_SECONDS)),
      threshold: 1,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: 1,
    },
    steps,
  });
}

/**
 * Messages come, and none had to wait: asks for as many tasks as were busy at once within `keepIdle`, so that each task
 * stays until it has not been needed for that long. If a few messages waited all the time, they are counted too.
 */
function steady({ label, needed, steps, keepIdleSeconds }: Backlog): StepScaling {
  return part('steady', {
    alarm: {
      description: 'Keeps as many tasks as were busy at once of late while messages come.',
      label,
      formula: whileNoneHadToWait(needed(LEAST_VISIBLE, keepIdleSeconds)),
      threshold: 0,
      periodSeconds: keepIdleSeconds,
      evaluationPeriods: 1,
    },
    steps: fromNone(steps),
  });
}

/**
 * No message has come within `keepIdle`: asks for as many tasks as have work. That only falls, so the least is the
 * latest.
 */
function down({ label, needed, steps, min, keepIdleSeconds }: Backlog): StepScaling {
  return part('down', {
    alarm: {
      description: 'Ends tasks as their work does when no message has come of late.',
      label,
      formula: whileNoneCame(needed(VISIBLE, METRIC_PERIOD_SECONDS)),
      threshold: 0,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: Math.round(keepIdleSeconds / METRIC_PERIOD_SECONDS),
    },
    aggregation: 'Minimum',
    steps: min === 0 ? [{ from: 0, to: 1, adjust: 0 }, ...steps] : fromNone(steps),
  });
}

/** The first step also takes values below 1. */
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
 * SQS sends some metrics only while they are above 0, and a formula that lacks a part has no value. `visible` is never
 * filled: it says for which minutes there is a value at all.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const VISIBLE: Formula = { metric: 'visible' };
const LEAST_VISIBLE: Formula = { metric: 'leastVisible' };
export const IN_FLIGHT: Formula = { function: 'FILL', of: [{ metric: 'inFlight' }, NONE] };
const SENT: Formula = { function: 'FILL', of: [{ metric: 'sent' }, NONE] };

/** Messages that wait, and those in flight. */
export const plusInFlight = (waiting: Formula): Formula => ({ operator: '+', of: [waiting, IN_FLIGHT] });

/** Watchbot's TotalMessages, waiting and in flight, which its Lambda function added up each minute. */
export const TOTAL_MESSAGES = plusInFlight(VISIBLE);

/** One message that waits for each so many in flight is no reason yet to start a task. */
const IN_FLIGHT_FOR_ONE_WAITING = 10;

/** Above 0 if more than a few messages wait, compared with those in flight. If none is in flight, one is enough. */
const MORE_THAN_A_FEW_WAIT: Formula = {
  operator: '-',
  of: [VISIBLE, { operator: '/', of: [IN_FLIGHT, { number: IN_FLIGHT_FOR_ONE_WAITING }] }],
};

export const either = (condition: Formula, then: Formula, otherwise: Formula): Formula => ({
  function: 'IF',
  of: [condition, then, otherwise],
});

/** The formula's value while more than a few messages wait, else 0. */
const whileMessagesWait = (formula: Formula): Formula => either(MORE_THAN_A_FEW_WAIT, formula, NONE);

/** The formula's value if messages have come and no more than a few had to wait. */
const whileNoneHadToWait = (formula: Formula): Formula =>
  either(MORE_THAN_A_FEW_WAIT, SILENT, either(SENT, formula, SILENT));

/** The formula's value if no message has come. */
const whileNoneCame = (formula: Formula): Formula => either(SENT, SILENT, formula);
