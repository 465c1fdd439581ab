import type { Deployment } from '@aws-sdk/client-ecs';
import { inBatches } from '../../shared/batches';
import type { Target } from '../stack/target';
import { reading, type Reading } from './reading';

export interface ServiceName {
  cluster: string;
  service: string;
}

export interface TaskCounts {
  running: number;
  pending: number;
  desired: number;
}

export interface DeploymentState {
  /** `COMPLETED`, `IN_PROGRESS` or `FAILED`. */
  state: string;
  reason: string | null;
  since: Date | null;
  /** Of the new tasks. */
  running: number;
  desired: number;
  failedTasks: number;
  /** Older deployments that still have tasks. */
  others: number;
}

/** `arn:aws:ecs:region:account:service/cluster/service`; before 2018 without the cluster. */
export function serviceNameIn(arn: string): ServiceName {
  const [, ...names] = arn.split('/');
  const service = names.at(-1) ?? arn;
  return { cluster: names.length > 1 ? names[0]! : 'default', service };
}

export async function serviceState(
  { clients, explain }: Target,
  { cluster, service }: ServiceName,
): Promise<Reading<{ tasks: TaskCounts; deployment: DeploymentState | null }>> {
  const { DescribeServicesCommand } = await import('../../vendor/ecs.mjs');
  const ecs = await clients.ecs();
  const found = await reading(
    explain,
    { action: 'ecs:DescribeServices', place: `service ${service}` },
    async () => (await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))).services?.[0],
  );
  if (!('value' in found)) return found;
  if (found.value === undefined) {
    return { reason: `no service ${service} in cluster ${cluster}`, action: undefined };
  }
  const { runningCount = 0, pendingCount = 0, desiredCount = 0, deployments = [] } = found.value;
  const tasks = { running: runningCount, pending: pendingCount, desired: desiredCount };
  return { value: { tasks, deployment: deploymentOf(deployments) } };
}

function deploymentOf(deployments: readonly Deployment[]): DeploymentState | null {
  const primary = deployments.find(({ status }) => status === 'PRIMARY') ?? deployments[0];
  if (primary === undefined) return null;
  const { runningCount = 0, desiredCount = 0, failedTasks = 0 } = primary;
  return {
    ...rolloutOf(primary),
    running: runningCount,
    desired: desiredCount,
    failedTasks,
    others: deployments.length - 1,
  };
}

function rolloutOf({
  rolloutState,
  status = 'unknown',
  rolloutStateReason,
  createdAt,
  updatedAt,
}: Deployment) {
  const since = rolloutState === 'IN_PROGRESS' ? createdAt : updatedAt;
  return { state: rolloutState ?? status, reason: rolloutStateReason ?? null, since: since ?? null };
}

/** ECS answers for at most so many tasks in one call. */
const MOST_TASKS = 100;

/** Tasks that ECS does not stop when it scales in, since they are busy. */
export async function protectedTasks(
  { clients, explain }: Target,
  { cluster, service }: ServiceName,
): Promise<Reading<number>> {
  const { GetTaskProtectionCommand, paginateListTasks } = await import('../../vendor/ecs.mjs');
  const ecs = await clients.ecs();
  const place = `service ${service}`;
  const listed = await reading(explain, { action: 'ecs:ListTasks', place }, async () => {
    const arns: string[] = [];
    for await (const page of paginateListTasks({ client: ecs }, { cluster, serviceName: service })) {
      arns.push(...(page.taskArns ?? []));
    }
    return arns;
  });
  if (!('value' in listed)) return listed;
  return reading(explain, { action: 'ecs:GetTaskProtection', place }, async () => {
    let count = 0;
    for (const tasks of inBatches(listed.value, MOST_TASKS)) {
      const { protectedTasks: found = [] } = await ecs.send(new GetTaskProtectionCommand({ cluster, tasks }));
      count += found.filter(({ protectionEnabled }) => protectionEnabled === true).length;
    }
    return count;
  });
}

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
