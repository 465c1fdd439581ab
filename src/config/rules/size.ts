import { describeFargateMemory, FARGATE_CPU_UNITS, isFargateSize } from '../fargate-sizes';
import { completeCapacity } from '../complete-capacity';
import { ECS } from '../limits';
import { problemIf, type WorkerRule } from './rule';

/** Fargate takes only certain pairs. */
export const fargateSize: WorkerRule = {
  reads: ['cpu', 'memory', 'capacity'],
  check: ({ worker: { cpu, memory, capacity }, at }) => {
    if (completeCapacity(capacity).launchType === 'EC2' || isFargateSize(cpu, memory)) return [];
    const isKnown = FARGATE_CPU_UNITS.includes(cpu);
    return [
      {
        code: 'WATCHBOT_FARGATE_SIZE',
        place: at(isKnown ? 'memory' : 'cpu'),
        given: `cpu ${cpu} with memory ${memory}`,
        allowed: isKnown
          ? `with cpu ${cpu}: memory ${describeFargateMemory(cpu)}`
          : `cpu ${FARGATE_CPU_UNITS.join(', ')}`,
        advice: isKnown ? 'choose one of these, or another `cpu`' : 'choose one of these',
      },
    ];
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size */
export const ec2Size: WorkerRule = {
  reads: ['cpu', 'memory', 'capacity'],
  check: ({ worker: { cpu, memory, capacity }, at }) => {
    if (completeCapacity(capacity).launchType !== 'EC2') return [];
    return [
      ...problemIf(cpu < ECS.minCpuUnits || cpu > ECS.maxCpuUnits, {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('cpu'),
        given: String(cpu),
        allowed: `${ECS.minCpuUnits} to ${ECS.maxCpuUnits} on EC2`,
      }),
      ...problemIf(memory < ECS.minMemoryMiB, {
        code: 'WATCHBOT_OUT_OF_RANGE',
        place: at('memory'),
        given: String(memory),
        allowed: `${ECS.minMemoryMiB} or more on EC2`,
      }),
    ];
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (memoryReservation) */
export const softMemoryFits: WorkerRule = {
  reads: ['softMemory', 'memory', 'capacity'],
  check: ({ worker: { softMemory, memory, capacity }, at }) => {
    const isEc2 = completeCapacity(capacity).launchType === 'EC2';
    const limit = isEc2 ? memory - 1 : memory;
    return problemIf(softMemory !== undefined && softMemory > limit, {
      code: 'WATCHBOT_OUT_OF_RANGE',
      place: at('softMemory'),
      given: String(softMemory),
      allowed: `at most ${limit}, ${isEc2 ? 'less than' : 'the value of'} \`memory\``,
    });
  },
};
