import { factsOf } from '../config/capacity';
import type { Configuration, Placement } from '../config/configuration';
import { SharedId } from '../config/logical-ids';
import { ref } from './cloudformation';
import { clusterName } from './cluster';
import { volumeConfigurations } from './ebs';
import { fileSystemDependencies } from './efs';
import { endpoints } from './endpoints';
import { networkMode, networkRoutes, taskNetwork } from './network';
import type { PropertiesOf, Resources } from './resource-types';
import { idOf, named, type Subject } from './subject';
import { workerTag } from './tags';

type ServiceProperties = PropertiesOf<'AWS::ECS::Service'>;

/**
 * The service that keeps the tasks running. It has no `DesiredCount`: each deploy would reset the number of tasks to it,
 * whatever scaling had set.
 */
export function service(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const dependencies = [...waitsFor(configuration), ...fileSystemDependencies(configuration, worker)];
  return named(subject, 'service', {
    Type: 'AWS::ECS::Service',
    ...(dependencies.length === 0 ? {} : { DependsOn: dependencies }),
    Properties: {
      Cluster: clusterName(configuration),
      TaskDefinition: ref(idOf(subject, 'taskDefinition')),
      ...capacity(subject),
      NetworkConfiguration:
        networkMode(configuration, worker) === 'awsvpc'
          ? { AwsvpcConfiguration: networkOf(subject) }
          : undefined,
      VolumeConfigurations: volumeConfigurations(subject),
      PlacementConstraints: placements(
        worker.placementConstraints,
      ) as ServiceProperties['PlacementConstraints'],
      PlacementStrategies: placements(worker.placementStrategies) as ServiceProperties['PlacementStrategies'],
      DeploymentConfiguration: {
        // As in Watchbot: messages can wait, so half of the tasks are enough during a deploy.
        MinimumHealthyPercent: 50,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: deploymentAlarms(subject),
      },
      // Moving a task to another zone would stop its jobs without a gain: tasks serve no traffic.
      AvailabilityZoneRebalancing: 'DISABLED',
      Tags: [workerTag(subject)],
      PropagateTags: 'SERVICE',
      EnableExecuteCommand: worker.exec ? true : undefined,
    },
  });
}

/** Given even if there are none: ECS keeps what an update leaves out. */
function deploymentAlarms(subject: Subject) {
  const { alarms, isByFailures } = subject.worker.deploy;
  const AlarmNames = [...(isByFailures ? [ref(idOf(subject, 'newVersionAlarm'))] : []), ...alarms];
  const isOn = AlarmNames.length > 0;
  return { AlarmNames, Enable: isOn, Rollback: isOn };
}

function capacity(subject: Subject): Partial<ServiceProperties> {
  const { strategy, managed } = subject.worker.capacity;
  if (managed !== undefined) {
    return {
      CapacityProviderStrategy: [{ CapacityProvider: ref(idOf(subject, 'capacityProvider')), Weight: 1 }],
    };
  }
  if (strategy.length === 0) return { LaunchType: 'EC2' };
  return {
    CapacityProviderStrategy: strategy.map(({ provider, weight, base }) => ({
      CapacityProvider: provider,
      Weight: weight,
      Base: base === 0 ? undefined : base,
    })),
  };
}

/** Where tasks have no public addresses, ECS refuses a setting for them. */
function networkOf({ configuration, worker }: Subject) {
  const { AssignPublicIp, ...network } = taskNetwork(configuration);
  return factsOf(worker.capacity).mayHavePublicAddress ? { ...network, AssignPublicIp } : network;
}

/** A constraint has an expression, a strategy a field. The schema of the configuration allows just these types. */
function placements(given: readonly Placement[]) {
  if (given.length === 0) return undefined;
  return given.map(({ type, expression, field }) => ({
    Type: type,
    Expression: expression,
    Field: field,
  }));
}

/** Resources that must exist before a task can start, and to which the service does not refer. */
function waitsFor(configuration: Configuration): string[] {
  return [
    ...(configuration.cluster === undefined ? [SharedId.clusterCapacity] : []),
    // Without these the first task would reach neither the registry nor SQS, and the deploy would be rolled back.
    ...networkRoutes(configuration),
    ...Object.keys(endpoints(configuration)),
  ];
}
