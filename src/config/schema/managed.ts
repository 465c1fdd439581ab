import { Type, type Static } from '@sinclair/typebox';
import { MANAGED_DEFAULTS } from '../defaults';
import { ECS } from '../limits';
import { existingRole } from './access';
import { oneOf, strictObject, stringOrIntrinsic, textLike } from './values';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceRequirementsRequest.html */
const InstanceType = textLike(
  '^[A-Za-z0-9.*-]{1,30}$',
  'a type of instance like g5.xlarge, or several like g5.*',
);

const instanceTypes = (description: string) =>
  Type.Optional(
    Type.Array(InstanceType, {
      title: 'a list of types of instances, such as g5.xlarge or g5.*',
      minItems: 1,
      maxItems: ECS.maxInstanceTypes,
      uniqueItems: true,
      description,
    }),
  );

const some = <const T extends string>(values: readonly [T, ...T[]], description: string) =>
  Type.Optional(
    Type.Array(oneOf(values), {
      title: `a list of ${values.join(', ')}`,
      minItems: 1,
      uniqueItems: true,
      description,
    }),
  );

const whether = (description: string) =>
  Type.Optional(oneOf(['included', 'required', 'excluded'], { description }));

/** What the plugin can ask of instances beside what follows from `cpu`, `memory`, `gpu` and `architecture`. */
const InstancesSchema = strictObject(
  {
    types: instanceTypes('The only types that are taken. What each of them has is then up to you.'),
    exclude: instanceTypes('Types that are not taken.'),
    generations: some(['current', 'previous'], 'Generations of instances.'),
    cpuManufacturers: some(
      ['intel', 'amd', 'amazon-web-services'],
      'Makers of processors; `amazon-web-services` is Graviton, for `architecture: arm64`.',
    ),
    burstable: whether('Instances whose processor is theirs for a part of the time (t3, t4g).'),
    localStorage: whether('Instances with disks of their own.'),
    acceleratorNames: some(
      ['a10g', 'a100', 'h100', 'k520', 'k80', 'l40s', 'm60', 'radeon-pro-v520', 't4', 't4g', 'v100'],
      'With `gpu`: models of GPUs. For others name `types`: g6.* has l4.',
    ),
    acceleratorMemory: Type.Optional(
      Type.Integer({
        unit: 'MiB',
        minimum: 1,
        description: 'With `gpu`: the least MiB that all GPUs of an instance have together.',
      }),
    ),
  },
  {
    description: 'What instances must be like, beside being large enough.',
    hints: {
      allowedInstanceTypes: 'types',
      instanceTypes: 'types',
      excludedInstanceTypes: 'exclude',
      instanceGenerations: 'generations',
      burstablePerformance: 'burstable',
    },
  },
);

export const ManagedSchema = strictObject(
  {
    spot: Type.Optional(
      Type.Boolean({
        default: MANAGED_DEFAULTS.spot,
        description:
          "Spot instances: cheaper, and AWS may take one back after two minutes' notice. Its jobs come again.",
      }),
    ),
    instances: Type.Optional(InstancesSchema),
    storage: Type.Optional(
      Type.Integer({
        unit: 'GiB',
        minimum: ECS.minManagedStorageGiB,
        maximum: ECS.maxManagedStorageGiB,
        description: 'GiB of disk of each instance, for its images and all its tasks.',
        otherwise: '80, as AWS has it',
      }),
    ),
    monitoring: Type.Optional(
      oneOf(['basic', 'detailed'], {
        default: MANAGED_DEFAULTS.monitoring,
        description: "EC2's metrics of the instances, every five minutes or each minute.",
      }),
    ),
    scaleInAfter: Type.Optional(
      Type.Integer({
        unit: 'seconds',
        minimum: -1,
        maximum: ECS.maxScaleInAfterSeconds,
        description:
          'Seconds after which AWS ends an instance that has nothing to do, or too little; -1: never. Longer means that more tasks find an instance which has their image.',
        otherwise: "AWS's own choice",
      }),
    ),
    infrastructureRole: existingRole(
      'An existing role with which ECS starts and ends instances. It must be allowed to pass the role of `instanceProfile`; the two go together.',
      'one that is made for the stack',
    ),
    instanceProfile: Type.Optional(
      stringOrIntrinsic({
        title: 'the ARN of an instance profile, or a CloudFormation function',
        description: 'An existing instance profile, with which instances join the cluster.',
        otherwise: 'one that is made for the stack',
      }),
    ),
  },
  {
    description:
      'Instances that AWS runs, starts and ends by the tasks that there are. `{}` is the same as `MANAGED`.',
    hints: {
      capacityOptionType: 'spot',
      storageConfiguration: 'storage',
      instanceRequirements: 'instances',
      ec2InstanceProfileArn: 'instanceProfile',
      infrastructureRoleArn: 'infrastructureRole',
    },
  },
);

export type ManagedInput = Static<typeof ManagedSchema>;
export type InstancesInput = Static<typeof InstancesSchema>;
