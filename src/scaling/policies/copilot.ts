import type { ScalingPolicy } from '../policy';

/** https://github.com/aws/copilot-cli/blob/v1.34.1/internal/pkg/template/templates/workloads/partials/cf/autoscaling.yml */
const SCALE_OUT_COOLDOWN_SECONDS = 60;
const SCALE_IN_COOLDOWN_SECONDS = 120;

/**
 * That of an AWS Copilot worker service: as many messages waiting for each task as it can begin within the latency.
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
