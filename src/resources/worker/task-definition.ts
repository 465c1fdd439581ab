import { createHash } from 'node:crypto';
import type { Worker } from '../../config/configuration';
import { familyName } from '../../config/names';
import { compact, getAtt, type Resources } from '../cloudformation';
import { networkMode } from '../network';
import { container, volumes } from './container';
import { idOf, named, type Subject } from './subject';

const CPU_ARCHITECTURES = { x86_64: 'X86_64', arm64: 'ARM64' } as const;

export function taskDefinition(subject: Subject): Resources {
  return named(subject, 'taskDefinition', {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: properties(subject, versionOf(subject)),
  });
}

/**
 * Which version of the worker this is, where its metrics are to tell it from others: another whenever the task definition
 * is another, so that ECS replaces tasks.
 */
export function versionOf(subject: Subject): string | undefined {
  const { deploy, extensions } = subject.worker;
  if (!deploy.isByFailures) return undefined;
  const text = JSON.stringify([properties(subject), extensions]);
  return createHash('sha256').update(text).digest('hex').slice(0, VERSION_LENGTH);
}

const VERSION_LENGTH = 8;

function properties(subject: Subject, version?: string) {
  const { configuration, worker } = subject;
  return compact({
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
    TaskRoleArn: getAtt(idOf(subject, 'taskRole'), 'Arn'),
    ExecutionRoleArn: getAtt(idOf(subject, 'executionRole'), 'Arn'),
    Volumes: volumes(worker),
    ContainerDefinitions: [container(subject, version)],
  });
}

/** On Fargate the task has a size; on EC2 its container has, and may use more CPU that is free. */
function taskSize({ capacity, cpu, memory }: Worker) {
  return capacity.launchType === 'FARGATE' ? { Cpu: String(cpu), Memory: String(memory) } : {};
}
