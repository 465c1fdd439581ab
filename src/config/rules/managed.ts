import { describeValue, type Problem } from '../../errors/problem';
import { CPU_MAKERS, type ManagedInstances } from '../capacity';
import { problemIf, type RuleSubject, type WorkerRule } from './rule';

/** Contradictions within `capacity.managed`, and with what else a worker on Managed Instances has. */

type Instances = ManagedInstances['instances'];

/** A check of a worker for which the plugin makes a provider. */
const ofManaged = (
  reads: WorkerRule['reads'],
  check: (managed: ManagedInstances, subject: RuleSubject) => Problem[],
): WorkerRule => ({
  reads: ['capacity.*', ...reads],
  check: (subject) => {
    const { managed } = subject.worker.capacity;
    return managed === undefined ? [] : check(managed, subject);
  },
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html (AllowedInstanceTypes) */
const typesStandAlone = ofManaged([], ({ instances }, { at }) => [
  ...problemIf(instances.types !== undefined && instances.exclude !== undefined, {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('capacity', 'managed', 'instances'),
    given: '`types` with `exclude`',
    allowed: 'one of the two, as AWS has it',
    advice: 'remove `exclude`: other types than those of `types` are not taken',
  }),
]);

const GPU_KEYS = ['acceleratorNames', 'acceleratorMemory'] as const;

const acceleratorsAreGpus = ofManaged(['gpu'], ({ instances }, { worker, at }) =>
  GPU_KEYS.filter((key) => instances[key] !== undefined).flatMap((key) => {
    const place = at('capacity', 'managed', 'instances', key);
    return [
      ...problemIf(worker.gpu === undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place,
        given: `\`${key}\` without \`gpu\``,
        allowed: `\`${key}\` with \`gpu\`: how many a task has`,
        advice: 'add `gpu: 1`',
      }),
      ...problemIf(instances.types !== undefined, {
        code: 'WATCHBOT_CONTRADICTION',
        place,
        given: `\`${key}\` with \`types\``,
        allowed: 'one of the two',
        advice: 'name in `types` those whose GPUs are right',
      }),
    ];
  }),
);

const makersFitArchitecture = ofManaged(['architecture'], ({ instances }, { worker, at }) =>
  makersOf(instances).flatMap((maker, index) =>
    problemIf(!CPU_MAKERS[worker.architecture].includes(maker), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('capacity', 'managed', 'instances', 'cpuManufacturers', String(index)),
      given: `${maker} for ${worker.architecture}`,
      allowed: `for ${worker.architecture}: ${CPU_MAKERS[worker.architecture].join(', ')}`,
      advice: 'remove it, or change `architecture`',
    }),
  ),
);

const makersOf = ({ cpuManufacturers = [] }: Instances) => cpuManufacturers;

/**
 * AWS's own policy passes roles of one name only, and a role that exists is not changed: whoever gives one of the two knows
 * the other.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
 */
const rolesGoTogether = ofManaged([], ({ infrastructureRole, instanceProfile }, { at }) =>
  problemIf((infrastructureRole === undefined) !== (instanceProfile === undefined), {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('capacity', 'managed'),
    given:
      infrastructureRole === undefined
        ? '`instanceProfile` without `infrastructureRole`'
        : '`infrastructureRole` without `instanceProfile`',
    allowed: 'both, or none of them: the first passes the role of the second to instances',
  }),
);

const PROFILE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/[^*?$\s]+$/;

const profileExists = ofManaged([], ({ instanceProfile }, { at }) =>
  problemIf(typeof instanceProfile === 'string' && !PROFILE_ARN.test(instanceProfile), {
    code: 'WATCHBOT_MALFORMED',
    place: at('capacity', 'managed', 'instanceProfile'),
    given: describeValue(instanceProfile),
    allowed:
      'an ARN like arn:aws:iam::123456789012:instance-profile/NAME, or a CloudFormation function that gives it',
  }),
);

/** A task falls back on the VPC's default group; for an instance one must be named. */
const instancesHaveAGroup = ofManaged(['vpc.*'], (_managed, { configuration: { vpc }, at }) =>
  problemIf(vpc !== undefined && vpc.securityGroups === undefined, {
    code: 'WATCHBOT_CONTRADICTION',
    place: at('capacity'),
    given: `Managed Instances in ${vpc?.isOwn === true ? '`vpc`' : '`provider.vpc`'} without ${vpc?.isOwn === true ? '`securityGroups`' : '`securityGroupIds`'}`,
    allowed: 'a network with a security group, which instances have as well as tasks',
    advice: 'name one; it need not let anything in',
  }),
);

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-tasks-services.html (placementConstraints) */
const ATTRIBUTES = ['ecs.subnet-id', 'ecs.availability-zone', 'ecs.instance-type', 'ecs.cpu-architecture'];

/** Of a provider of one's own, too. */
const constraintsAreKnown: WorkerRule = {
  reads: ['capacity.*', 'placementConstraints.*'],
  check: ({ worker: { capacity, placementConstraints }, at }) => {
    if (capacity.launchType !== 'MANAGED_INSTANCES') return [];
    return placementConstraints.flatMap(({ expression }, index) => {
      if (typeof expression !== 'string') return [];
      const others = [...expression.matchAll(/attribute:([\w.-]+)/g)]
        .map(([, attribute = '']) => attribute)
        .filter((attribute) => !ATTRIBUTES.includes(attribute));
      return problemIf(others.length > 0, {
        code: 'WATCHBOT_NOT_ALLOWED',
        place: at('placementConstraints', String(index), 'expression'),
        given: `${others.join(', ')}, which managed instances do not have`,
        allowed: ATTRIBUTES.join(', '),
      });
    });
  },
};

export const MANAGED_RULES: readonly WorkerRule[] = [
  typesStandAlone,
  acceleratorsAreGpus,
  makersFitArchitecture,
  rolesGoTogether,
  profileExists,
  instancesHaveAGroup,
  constraintsAreKnown,
];
