import type { Configuration } from '../../config/configuration';
import { SharedId } from '../../config/names';
import { clusterName } from '../cluster';
import { compact, ref, type Resources } from '../cloudformation';
import { taskNetwork } from '../network';
import { idOf, named, type Subject } from './subject';

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
      CapacityProviderStrategy: worker.capacity.map(({ provider, weight, base }) =>
        compact({ CapacityProvider: provider, Weight: weight, Base: base === 0 ? undefined : base }),
      ),
      NetworkConfiguration: { AwsvpcConfiguration: taskNetwork(configuration) },
      DeploymentConfiguration: {
        // As in Watchbot: the queue waits, so half of the tasks are enough while a deploy is under way.
        MinimumHealthyPercent: 50,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
      // Moving a task to another zone would stop its jobs for nothing: tasks serve no traffic.
      AvailabilityZoneRebalancing: 'DISABLED',
      PropagateTags: 'SERVICE',
      EnableExecuteCommand: worker.exec ? true : undefined,
    }),
  });
}

/** What must be there before a task can start, and is not referred to. */
function waitsFor({ cluster, vpc }: Configuration): string[] {
  return [
    ...(cluster === undefined ? [SharedId.clusterCapacity] : []),
    ...(vpc === undefined ? [SharedId.defaultRoute] : []),
  ];
}
