import { METRIC_PERIOD_SECONDS } from '../limits';
import type { Alarm, Formula, ScalingPolicy, Step, StepScaling } from '../policy';
import { NEW_WORK, whileNewWork } from './queue-formulas';

/**
 * Half a period: the next minute's decision is never held back, and no minute's is made twice. A longer one has no use,
 * since the policy asks for a number of tasks, not for more of them.
 */
const COOLDOWN_SECONDS = METRIC_PERIOD_SECONDS / 2;

/** Percent; of 50 tasks 5 are left, then 1, then none: what comes right after the last message meets one still there. */
const REST = -90;

const EACH_MINUTE = {
  periodSeconds: METRIC_PERIOD_SECONDS,
  statistic: 'Maximum',
  evaluationPeriods: 1,
} as const;

/**
 * The shape of this plugin's own policies: once a minute the backlog says how many tasks there shall be, up or down.
 * That number may be far below the tasks that are busy: each protects itself until its work has ended, so they end one
 * by one as the work does. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 * @param measure what the steps are about: at least 1 where a task is needed, which is where the first one begins
 */
export function backlogPolicy(
  name: string,
  measure: { label: string; formula: Formula },
  steps: readonly Step[],
): ScalingPolicy {
  const alarm: Alarm = {
    description: 'Keeps as many tasks as the messages need.',
    label: measure.label,
    formula: whileNewWork(measure.formula),
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    ...EACH_MINUTE,
  };
  const follow: StepScaling = {
    kind: 'step',
    direction: 'up',
    alarm,
    adjustment: 'ExactCapacity',
    cooldownSeconds: COOLDOWN_SECONDS,
    steps,
  };
  return { name, parts: [follow, rest] };
}

/** Nothing waits and nothing came: tasks that are not busy end. */
const rest: StepScaling = {
  kind: 'step',
  direction: 'down',
  alarm: {
    description: 'Ends tasks that are not busy when no message waits and none has come.',
    label: 'NewWork',
    formula: NEW_WORK,
    comparison: 'LessThanThreshold',
    threshold: 1,
    ...EACH_MINUTE,
  },
  adjustment: 'PercentChangeInCapacity',
  cooldownSeconds: COOLDOWN_SECONDS,
  steps: [{ from: undefined, to: 1, adjust: REST }],
};
