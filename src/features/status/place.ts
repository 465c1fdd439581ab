import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { Place } from '../common/deployed-worker';

export interface StatusPlace extends Place {
  clients: Place['clients'] & {
    cloudWatch(): Promise<CloudWatchClient>;
    ecs(): Promise<ECSClient>;
    scaling(): Promise<ApplicationAutoScalingClient>;
  };
}
