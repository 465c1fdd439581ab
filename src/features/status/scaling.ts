import type { Target } from '../stack/target';
import { reading, type Reading } from './reading';
import type { ServiceName } from './service';

export interface ScalingBounds {
  min: number;
  max: number;
}

export interface ScalingActivity {
  at: Date | null;
  /** `Successful`, `InProgress`, `Failed` and others. */
  status: string;
  description: string;
}

const DIMENSION = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;
const MOST_ACTIVITIES = 3;

const resourceId = ({ cluster, service }: ServiceName) => `service/${cluster}/${service}`;

export async function scalingBounds(
  { clients, explain }: Target,
  name: ServiceName,
): Promise<Reading<ScalingBounds>> {
  const { DescribeScalableTargetsCommand } = await import('../../vendor/application-auto-scaling.mjs');
  const scaling = await clients.scaling();
  const action = 'application-autoscaling:DescribeScalableTargets';
  const found = await reading(explain, { action, place: `service ${name.service}` }, async () => {
    const { ScalableTargets = [] } = await scaling.send(
      new DescribeScalableTargetsCommand({ ...DIMENSION, ResourceIds: [resourceId(name)] }),
    );
    return ScalableTargets.at(0);
  });
  if (!('value' in found)) return found;
  if (found.value === undefined) return { reason: 'the service is no scalable target', action: undefined };
  return { value: { min: found.value.MinCapacity ?? 0, max: found.value.MaxCapacity ?? 0 } };
}

/** The last ones, the newest first. */
export async function scalingActivities(
  { clients, explain }: Target,
  name: ServiceName,
): Promise<Reading<ScalingActivity[]>> {
  const { DescribeScalingActivitiesCommand } = await import('../../vendor/application-auto-scaling.mjs');
  const scaling = await clients.scaling();
  const action = 'application-autoscaling:DescribeScalingActivities';
  return reading(explain, { action, place: `service ${name.service}` }, async () => {
    const { ScalingActivities = [] } = await scaling.send(
      new DescribeScalingActivitiesCommand({
        ...DIMENSION,
        ResourceId: resourceId(name),
        MaxResults: MOST_ACTIVITIES,
      }),
    );
    return ScalingActivities.map(({ StartTime, StatusCode = 'unknown', Description = '' }) => ({
      at: StartTime ?? null,
      status: StatusCode,
      description: Description,
    }));
  });
}
