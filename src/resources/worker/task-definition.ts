import { familyName } from '../../config/names';
import { compact, getAtt, type Resources } from '../cloudformation';
import { container, volumes } from './container';
import { idOf, named, type Subject } from './subject';

const CPU_ARCHITECTURES = { x86_64: 'X86_64', arm64: 'ARM64' } as const;

export function taskDefinition(subject: Subject): Resources {
  const { configuration, worker } = subject;
  return named(subject, 'taskDefinition', {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: compact({
      Family: familyName(configuration.context, worker.name),
      RequiresCompatibilities: ['FARGATE'],
      NetworkMode: 'awsvpc',
      Cpu: String(worker.cpu),
      Memory: String(worker.memory),
      EphemeralStorage:
        worker.ephemeralStorage === undefined ? undefined : { SizeInGiB: worker.ephemeralStorage },
      RuntimePlatform: {
        CpuArchitecture: CPU_ARCHITECTURES[worker.architecture],
        OperatingSystemFamily: 'LINUX',
      },
      TaskRoleArn: getAtt(idOf(subject, 'taskRole'), 'Arn'),
      ExecutionRoleArn: getAtt(idOf(subject, 'executionRole'), 'Arn'),
      Volumes: volumes(worker),
      ContainerDefinitions: [container(subject)],
    }),
  });
}
