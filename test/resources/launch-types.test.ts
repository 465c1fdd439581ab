import { describe, expect, it } from '@jest/globals';
import { LAUNCH_TYPES, type LaunchType } from '../../src/config/capacity';
import { UserError } from '../../src/errors/user-error';
import { single, type Properties } from './support';

/** What AWS says of each launch type, as it is seen in a template, or in a refusal. */
const VPC = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] };
const PROVIDER_VPC = { subnetIds: VPC.subnets, securityGroupIds: VPC.securityGroups };

const ON: Readonly<Record<LaunchType, object>> = {
  FARGATE: { capacity: 'FARGATE' },
  EC2: { capacity: 'EC2', cluster: 'shared' },
  MANAGED_INSTANCES: { capacity: 'MANAGED' },
};

type Look = (made: ReturnType<typeof single>) => unknown;
const container: (made: ReturnType<typeof single>) => Properties = ({ of }) =>
  of('taskDefinition').ContainerDefinitions[0] as Properties;
const networkMode: Look = ({ of }) => of('taskDefinition').NetworkMode as unknown;
const REFUSED = 'refused';

interface Question {
  what: string;
  section?: object;
  /** Of the service as a whole. */
  context?: object;
  look: Look;
  /** By the order of `LAUNCH_TYPES`. */
  answers: readonly [unknown, unknown, unknown];
}

const QUESTIONS: readonly Question[] = [
  {
    what: 'the launch type of which ECS is told',
    look: ({ of }) => of('taskDefinition').RequiresCompatibilities as unknown,
    answers: [['FARGATE'], ['EC2'], ['MANAGED_INSTANCES']],
  },
  {
    what: 'the memory of the task',
    look: ({ of }) => of('taskDefinition').Memory as unknown,
    answers: ['512', undefined, '512'],
  },
  {
    what: 'the memory of the container',
    look: (made) => container(made).Memory as unknown,
    answers: [undefined, 512, undefined],
  },
  {
    what: 'a size that is no pair of Fargate',
    section: { cpu: 300, memory: 700 },
    look: () => 'taken',
    answers: [REFUSED, 'taken', 'taken'],
  },
  {
    what: 'less CPU than a task of a size can have',
    section: { cpu: 100 },
    look: () => 'taken',
    answers: [REFUSED, 'taken', REFUSED],
  },
  {
    what: 'any limit of memory beside a reservation',
    section: { softMemory: 256 },
    look: (made) => (made.of('taskDefinition').Memory ?? container(made).Memory) as unknown,
    answers: ['512', undefined, '512'],
  },
  {
    what: 'a reservation as large as the limit',
    section: { memory: 512, softMemory: 512 },
    look: () => 'taken',
    answers: ['taken', REFUSED, 'taken'],
  },
  { what: 'the network without one', look: networkMode, answers: ['awsvpc', 'bridge', 'host'] },
  {
    what: 'the network with that of the functions',
    context: { providerVpc: PROVIDER_VPC },
    look: networkMode,
    answers: ['awsvpc', 'bridge', 'awsvpc'],
  },
  {
    what: 'the network with its own',
    section: { vpc: VPC },
    look: networkMode,
    answers: ['awsvpc', 'awsvpc', 'awsvpc'],
  },
  {
    what: 'the network with its own, where public addresses are needed',
    section: { vpc: { ...VPC, publicIp: true } },
    look: networkMode,
    answers: ['awsvpc', REFUSED, 'host'],
  },
  {
    what: 'whether ECS is told of public addresses',
    section: { vpc: VPC },
    look: (made) => JSON.stringify(made.of('service')).includes('AssignPublicIp'),
    answers: [true, false, false],
  },
  {
    what: 'whether a network is made',
    look: ({ Resources }) => 'WatchbotVpc' in Resources,
    answers: [true, false, true],
  },
  {
    what: 'GPUs',
    section: { gpu: 1 },
    look: (made) => container(made).ResourceRequirements as unknown,
    answers: [REFUSED, [{ Type: 'GPU', Value: '1' }], [{ Type: 'GPU', Value: '1' }]],
  },
  {
    what: 'shared memory of a size',
    section: { cpu: 256, memory: 1024, container: { sharedMemory: 256 } },
    look: () => 'taken',
    answers: [REFUSED, 'taken', REFUSED],
  },
  {
    what: 'a folder in memory',
    section: { cpu: 256, memory: 1024, container: { tmpfs: { '/work': 64 } } },
    look: () => 'taken',
    answers: ['taken', 'taken', REFUSED],
  },
  {
    what: 'a folder of the host',
    section: { volumes: { models: { host: '/var/models', path: '/models' } } },
    look: () => 'taken',
    answers: [REFUSED, 'taken', REFUSED],
  },
  {
    what: 'a file system that is not in the network of the plugin',
    section: { volumes: { assets: { efs: 'fs-0123456789abcdef0', path: '/assets' } } },
    look: () => 'taken',
    answers: [REFUSED, 'taken', REFUSED],
  },
  {
    what: 'a disk of AWS’s for each task',
    section: { volumes: { scratch: { ebs: '500GB', path: '/scratch' } } },
    look: () => 'taken',
    answers: ['taken', 'taken', 'taken'],
  },
  {
    what: 'hosts that a container is told of',
    section: { container: { hosts: { 'db.internal': '10.0.0.5' } } },
    look: () => 'taken',
    answers: [REFUSED, 'taken', REFUSED],
  },
  {
    what: 'any capability of Linux',
    section: { container: { capabilities: { add: ['SYS_ADMIN'] } } },
    look: () => 'taken',
    answers: [REFUSED, 'taken', 'taken'],
  },
  {
    what: 'the rights of root',
    section: { privileged: true },
    look: (made) => container(made).Privileged as unknown,
    answers: [REFUSED, true, true],
  },
  {
    what: 'constraints of placement',
    section: { placementConstraints: [{ type: 'distinctInstance' }] },
    look: ({ of }) => of('service').PlacementConstraints as unknown,
    answers: [REFUSED, [{ Type: 'distinctInstance' }], [{ Type: 'distinctInstance' }]],
  },
  {
    what: 'strategies of placement',
    section: { placementStrategies: [{ type: 'random' }] },
    look: ({ of }) => of('service').PlacementStrategies as unknown,
    answers: [REFUSED, [{ Type: 'random' }], REFUSED],
  },
  {
    what: 'a disk of the task',
    section: { ephemeralStorage: 50 },
    look: ({ of }) => of('taskDefinition').EphemeralStorage as unknown,
    answers: [{ SizeInGiB: 50 }, REFUSED, REFUSED],
  },
];

describe.each(LAUNCH_TYPES)('on %s', (launchType) => {
  it.each(QUESTIONS)('$what is as AWS has it', ({ section, context, look, answers }) => {
    expect(answerOf({ ...ON[launchType], ...section }, context, look)).toEqual(
      answers[LAUNCH_TYPES.indexOf(launchType)],
    );
  });
});

function answerOf(section: object, context: object | undefined, look: Look): unknown {
  try {
    return look(single(section, context));
  } catch (error) {
    if (error instanceof UserError) return REFUSED;
    throw error;
  }
}
