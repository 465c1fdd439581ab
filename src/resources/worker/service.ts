import type { Configuration, Placement, Worker } from '../../config/configuration';
import { SharedId } from '../../config/logical-ids';
import { clusterName } from '../cluster';
import { compact, ref, type Resources } from '../cloudformation';
import { makesNetwork, networkMode, taskNetwork } from '../network';
import { idOf, named, type Subject } from './subject';
import { workerTag } from './worker-tag';

/**
 * The service that keeps the tasks. It has no `DesiredCount`: a deploy would set the number of tasks back to it,
 * whatever scaling had made of it.
 */
export function service(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const dependencies = waitsFor(configuration);
  return named(subject, 'service', {
    Type: 'AWS::ECS::Service',
    ...(dependencies.length === 0 ? {} : { DependsOn: dependencies }),
    Properties: compact({
      Cluster: clusterName(configuration),
      TaskDefinition: ref(idOf(subject, 'taskDefinition')),
      ...capacity(worker),
      NetworkConfiguration:
        networkMode(configuration, worker) === 'awsvpc'
          ? { AwsvpcConfiguration: networkOf(subject) }
          : undefined,
      PlacementConstraints: placements(worker.placementConstraints),
      PlacementStrategies: placements(worker.placementStrategies),
      DeploymentConfiguration: {
        // As in Watchbot: the queue waits, so half of the tasks are enough while a deploy is under way.
        MinimumHealthyPercent: 50,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        Alarms: deploymentAlarms(subject),
      },
      // Moving a task to another zone would stop its jobs for nothing: tasks serve no traffic.
      AvailabilityZoneRebalancing: 'DISABLED',
      Tags: [workerTag(subject)],
      PropagateTags: 'SERVICE',
      EnableExecuteCommand: worker.exec ? true : undefined,
    }),
  });
}

/** Said where there are none, too: what is left out of an update stays as it was. */
function deploymentAlarms(subject: Subject) {
  const { alarms, isByFailures } = subject.worker.deploy;
  const AlarmNames = [...(isByFailures ? [ref(idOf(subject, 'newVersionAlarm'))] : []), ...alarms];
  const isOn = AlarmNames.length > 0;
  return { AlarmNames, Enable: isOn, Rollback: isOn };
}

function capacity({ capacity: { launchType, strategy } }: Worker) {
  if (strategy.length === 0) return { LaunchType: launchType };
  return {
    CapacityProviderStrategy: strategy.map(({ provider, weight, base }) =>
      compact({ CapacityProvider: provider, Weight: weight, Base: base === 0 ? undefined : base }),
    ),
  };
}

/** On EC2 ECS takes no word about public addresses. */
function networkOf({ configuration, worker }: Subject) {
  const { AssignPublicIp, ...network } = taskNetwork(configuration);
  return worker.capacity.launchType === 'FARGATE' ? { ...network, AssignPublicIp } : network;
}

function placements(given: readonly Placement[]) {
  if (given.length === 0) return undefined;
  return given.map(({ type, expression, field }) =>
    compact({ Type: type, Expression: expression, Field: field }),
  );
}

/** What must be there before a task can start, and is not referred to. */
function waitsFor(configuration: Configuration): string[] {
  return [
    ...(configuration.cluster === undefined ? [SharedId.clusterCapacity] : []),
    // Without all three a first task would reach neither the registry nor SQS, and the deploy be rolled back.
    ...(makesNetwork(configuration)
      ? [SharedId.defaultRoute, SharedId.subnet1Route, SharedId.subnet2Route]
      : []),
  ];
}
