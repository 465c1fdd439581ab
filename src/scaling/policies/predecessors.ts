import type { ScalingBounds, ScalingPolicy, StepScaling } from '../policy';
import { TOTAL_MESSAGES } from './backlog';

/** Watchbot adds a tenth of `max` at once, within these bounds. */
const SHARE = 10;
const MOST_ADDED = 100;
const LEAST_ADDED = 1;

const COOLDOWN_SECONDS = 300;

/**
 * Watchbot's own policy: it adds a tenth of `max` every five minutes while messages wait, and ends all tasks after ten
 * minutes without a message, waiting or in flight. https://github.com/mapbox/ecs-watchbot/blob/master/lib/template.js
 */
export function watchbotPolicy({ max }: Pick<ScalingBounds, 'max'>): ScalingPolicy {
  return {
    name: 'Watchbot',
    parts: [scaleUp(Math.round(Math.max(Math.min(max / SHARE, MOST_ADDED), LEAST_ADDED))), scaleDown],
  };
}

const scaleUp = (tasks: number): StepScaling => ({
  kind: 'step',
  direction: 'up',
  alarm: {
    description: 'Adds tasks while messages wait.',
    label: 'Visible',
    formula: { metric: 'visible' },
    comparison: 'GreaterThanThreshold',
    threshold: 0,
    periodSeconds: 300,
    statistic: 'Maximum',
    evaluationPeriods: 1,
  },
  adjustment: 'ChangeInCapacity',
  cooldownSeconds: COOLDOWN_SECONDS,
  aggregation: 'Maximum',
  steps: [{ from: 0, to: undefined, adjust: tasks }],
});

const scaleDown: StepScaling = {
  kind: 'step',
  direction: 'down',
  alarm: {
    description: 'Ends the tasks when no message waits and none is being worked on.',
    label: 'TotalMessages',
    formula: TOTAL_MESSAGES,
    comparison: 'LessThanThreshold',
    threshold: 1,
    periodSeconds: 600,
    statistic: 'Maximum',
    evaluationPeriods: 1,
  },
  adjustment: 'PercentChangeInCapacity',
  cooldownSeconds: COOLDOWN_SECONDS,
  aggregation: 'Maximum',
  steps: [{ from: undefined, to: 1, adjust: -100 }],
};

/** https://github.com/aws/copilot-cli/blob/v1.34.1/internal/pkg/template/templates/workloads/partials/cf/autoscaling.yml */
const SCALE_OUT_COOLDOWN_SECONDS = 60;
const SCALE_IN_COOLDOWN_SECONDS = 120;

/**
 * The policy of an AWS Copilot worker service: it lets as many messages wait for each task as the task can begin within
 * the latency.
 * https://aws.github.io/copilot-cli/docs/manifest/worker-service/#count-queue-delay-acceptable-latency
 */
export function copilotPolicy(load: { jobSeconds: number; latencySeconds: number }): ScalingPolicy {
  return {
    name: 'Copilot',
    parts: [
      {
        kind: 'target',
        target: Math.max(1, Math.floor(load.latencySeconds / load.jobSeconds)),
        scaleOutCooldownSeconds: SCALE_OUT_COOLDOWN_SECONDS,
        scaleInCooldownSeconds: SCALE_IN_COOLDOWN_SECONDS,
      },
    ],
  };
}
