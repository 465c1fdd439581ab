import { createHash } from 'node:crypto';
import { factsOf } from '../config/capacity';
import type { Worker } from '../config/configuration';
import { familyName } from '../config/names';
import { watcherContainer } from './container';
import { roleArn } from './identities';
import { networkMode } from './network';
import type { Resources, TaskProperties } from './resource-types';
import { sidecarContainers } from './sidecars';
import { idOf, named, type Subject } from './subject';
import { volumes } from './volumes';

const CPU_ARCHITECTURES = { x86_64: 'X86_64', arm64: 'ARM64' } as const;

export function taskDefinition(subject: Subject): Resources {
  return named(subject, 'taskDefinition', {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: properties(subject, versionOf(subject)),
  });
}

/**
 * The version of the worker, if its metrics are to tell it from others: it changes whenever the task definition does, which
 * makes ECS replace tasks.
 */
export function versionOf(subject: Subject): string | undefined {
  const { deploy, extensions } = subject.worker;
  if (!deploy.isByFailures) return undefined;
  const text = JSON.stringify([properties(subject), extensions]);
  return createHash('sha256').update(text).digest('hex').slice(0, VERSION_LENGTH);
}

const VERSION_LENGTH = 8;

function properties(subject: Subject, version?: string): TaskProperties {
  const { configuration, worker } = subject;
  return {
    Family: familyName(configuration.context, worker.name),
    RequiresCompatibilities: [worker.capacity.launchType],
    NetworkMode: networkMode(configuration, worker),
    ...taskSize(worker),
    EphemeralStorage:
      worker.ephemeralStorage === undefined ? undefined : { SizeInGiB: worker.ephemeralStorage },
    RuntimePlatform: {
      CpuArchitecture: CPU_ARCHITECTURES[worker.architecture],
      OperatingSystemFamily: 'LINUX',
    },
    TaskRoleArn: roleArn(worker.role, idOf(subject, 'taskRole')),
    ExecutionRoleArn: roleArn(worker.executionRole, idOf(subject, 'executionRole')),
    Volumes: volumes(worker),
    // The watcher is the first: tools take the first container for the service's own.
    ContainerDefinitions: [watcherContainer(subject, version), ...sidecarContainers(subject)],
  };
}

/** Where a task has no size, its container has one. */
function taskSize({ capacity, cpu, memory }: Worker): TaskProperties {
  return factsOf(capacity).hasTaskSize ? { Cpu: String(cpu), Memory: String(memory) } : {};
}
