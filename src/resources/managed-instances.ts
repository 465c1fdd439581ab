import { CPU_MAKERS, type ManagedInstances } from '../config/capacity';
import type { Configuration, TextOrIntrinsic, Worker } from '../config/configuration';
import { SharedId } from '../config/logical-ids';
import { assumedBy, getAtt, policyDocument, ref, sub, type Statement } from './cloudformation';
import { clusterArn, clusterName } from './cluster';
import { arnFrom } from './derived';
import { roleArn } from './identities';
import { networkRoutes, taskNetwork } from './network';
import type { PropertiesOf, Resources } from './resource-types';
import { named, type Subject } from './subject';
import { workerTag } from './tags';

/** ECS Managed Instances: EC2 instances that AWS starts, keeps and ends by the tasks that there are. */

type Provider = NonNullable<PropertiesOf<'AWS::ECS::CapacityProvider'>['ManagedInstancesProvider']>;
type LaunchTemplate = Extract<Provider['InstanceLaunchTemplate'], { Ec2InstanceProfileArn: unknown }>;
type Requirements = LaunchTemplate['InstanceRequirements'];

/**
 * A provider for each worker, since its instances are of what the worker asks. It belongs to its cluster from the start:
 * ECS refuses to associate it as it associates others.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html
 */
export function capacityProvider(subject: Subject): Resources {
  const { configuration, worker } = subject;
  const { managed } = worker.capacity;
  if (managed === undefined) return {};
  const dependencies = [
    // One change of a cluster at a time.
    ...(configuration.cluster === undefined ? [SharedId.clusterCapacity] : []),
    // ECS tries its role when the provider is made, and instances that end need the network to say so.
    ...networkRoutes(configuration),
  ];
  return named(subject, 'capacityProvider', {
    Type: 'AWS::ECS::CapacityProvider',
    ...(dependencies.length === 0 ? {} : { DependsOn: dependencies }),
    Properties: {
      Name: providerName(configuration, worker, managed),
      ClusterName: clusterName(configuration),
      ManagedInstancesProvider: {
        InfrastructureRoleArn: roleArn(managed.infrastructureRole, SharedId.managedInfrastructureRole),
        InstanceLaunchTemplate: launchTemplate(configuration, worker, managed),
        ...(managed.scaleInAfter === undefined
          ? {}
          : { InfrastructureOptimization: { ScaleInAfter: managed.scaleInAfter } }),
        PropagateTags: tagsFitInstances(configuration) ? 'CAPACITY_PROVIDER' : 'NONE',
      },
      Tags: [workerTag(subject)],
    },
  });
}

/**
 * CloudFormation makes a name that begins with that of the stack; ECS keeps some beginnings for itself. A provider cannot
 * become one of Spot: it is replaced, for which its name must differ.
 */
function providerName(
  { context: { stackName } }: Configuration,
  { name }: Worker,
  { spot }: ManagedInstances,
): string | undefined {
  if (!/^(aws|ecs|fargate)/i.test(stackName)) return undefined;
  return ['cp', stackName, name, ...(spot ? ['spot'] : [])].join('-');
}

function launchTemplate(
  configuration: Configuration,
  worker: Worker,
  managed: ManagedInstances,
): LaunchTemplate {
  const { Subnets, SecurityGroups } = taskNetwork(configuration);
  return {
    CapacityOptionType: managed.spot ? 'SPOT' : 'ON_DEMAND',
    Ec2InstanceProfileArn: profileArn(managed.instanceProfile),
    // A rule has asked for security groups where the network is the user's.
    NetworkConfiguration: { Subnets: Subnets ?? [], SecurityGroups: SecurityGroups ?? [] },
    InstanceRequirements: requirements(worker, managed),
    Monitoring: managed.monitoring === 'detailed' ? 'DETAILED' : 'BASIC',
    StorageConfiguration: managed.storage === undefined ? undefined : { StorageSizeGiB: managed.storage },
  };
}

const CPU_UNITS_OF_VCPU = 1024;

/**
 * Undefined where nothing is asked but a size: ECS then takes the cheapest general-purpose instances by itself. What is large
 * enough for a task, or for several, it works out in any case.
 */
function requirements(worker: Worker, { instances }: ManagedInstances): Requirements {
  const { architecture, cpu, gpu, memory = 0 } = worker;
  if (architecture === 'x86_64' && gpu === undefined && Object.keys(instances).length === 0) return undefined;
  return {
    VCpuCount: { Min: Math.ceil(cpu / CPU_UNITS_OF_VCPU) },
    MemoryMiB: { Min: memory },
    CpuManufacturers: instances.cpuManufacturers ?? [...CPU_MAKERS[architecture]],
    AllowedInstanceTypes: instances.types,
    ExcludedInstanceTypes: instances.exclude,
    InstanceGenerations: instances.generations,
    BurstablePerformance: instances.burstable,
    LocalStorage: instances.localStorage,
    ...accelerators(worker, instances),
  };
}

/** Where types are named, these decide: a part of a GPU, as g6f has one, does not count as one. */
function accelerators({ gpu }: Worker, instances: ManagedInstances['instances']): Partial<Requirements> {
  if (instances.types !== undefined) return {};
  if (gpu === undefined) return { AcceleratorCount: { Max: 0 } };
  const { acceleratorMemory, acceleratorNames } = instances;
  return {
    AcceleratorTypes: ['gpu'],
    // The driver that AWS has on the instances is theirs.
    AcceleratorManufacturers: ['nvidia'],
    AcceleratorCount: { Min: gpu },
    AcceleratorNames: acceleratorNames,
    AcceleratorTotalMemoryMiB: acceleratorMemory === undefined ? undefined : { Min: acceleratorMemory },
  };
}

/**
 * Whether instances can have the provider's tags: from within an instance they can be read, where fewer characters are
 * allowed, and an instance with another does not start.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
 */
const tagsFitInstances = ({ context: { tags } }: Configuration) =>
  Object.keys(tags).every(
    (key) => /^[A-Za-z0-9+\-=.,_:@]+$/.test(key) && !['.', '..', '_index'].includes(key),
  );

function profileArn(existing: TextOrIntrinsic | undefined): TextOrIntrinsic {
  if (existing === undefined) return getAtt(SharedId.managedInstanceProfile, 'Arn');
  return typeof existing !== 'string' && 'Ref' in existing
    ? arnFrom(existing, 'arn:${AWS::Partition}:iam::${AWS::AccountId}:instance-profile/${Name}')
    : existing;
}

const AWS_POLICY = 'AmazonECSInfrastructureRolePolicyForManagedInstances';

/** The role with which ECS runs instances, and that of the instances, for all workers of the stack. */
export function managedRoles(configuration: Configuration): Resources {
  const needsRoles = ({ capacity: { managed } }: Worker) =>
    managed !== undefined && managed.infrastructureRole === undefined;
  if (!configuration.workers.some(needsRoles)) return {};
  return {
    [SharedId.managedInfrastructureRole]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: assumedBy('ecs.amazonaws.com'),
        // AWS's own, which it changes with what ECS does: ten times in the first half of a year.
        ManagedPolicyArns: [sub(`arn:\${AWS::Partition}:iam::aws:policy/${AWS_POLICY}`)],
        Policies: [{ PolicyName: 'pass', PolicyDocument: policyDocument([PASS_STATEMENT]) }],
      },
    },
    [SharedId.managedInstanceRole]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: assumedBy('ec2.amazonaws.com'),
        Policies: [{ PolicyName: 'agent', PolicyDocument: policyDocument(agentStatements(configuration)) }],
      },
    },
    [SharedId.managedInstanceProfile]: {
      Type: 'AWS::IAM::InstanceProfile',
      Properties: { Roles: [ref(SharedId.managedInstanceRole)] },
    },
  };
}

/** AWS's own policy passes roles of a certain name only; that of this one is CloudFormation's. In China EC2 has the second name. */
const PASS_STATEMENT: Statement = {
  Sid: 'PassInstanceRole',
  Effect: 'Allow',
  Action: 'iam:PassRole',
  Resource: getAtt(SharedId.managedInstanceRole, 'Arn'),
  Condition: { StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
};

/**
 * What AWS's own policy allows ECS's agent, in this cluster alone.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInstanceRolePolicyForManagedInstances.html
 */
function agentStatements(configuration: Configuration): Statement[] {
  const cluster = clusterArn(configuration);
  const instances = sub(
    'arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:container-instance/${Cluster}/*',
    { Cluster: clusterName(configuration) },
  );
  return [
    // This action takes no resource.
    { Sid: 'FindEcs', Effect: 'Allow', Action: 'ecs:DiscoverPollEndpoint', Resource: '*' },
    {
      Sid: 'InCluster',
      Effect: 'Allow',
      Action: [
        'ecs:RegisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitTaskStateChange',
      ],
      Resource: cluster,
    },
    {
      Sid: 'AsInstance',
      Effect: 'Allow',
      Action: ['ecs:Poll', 'ecs:PutSystemLogEvents', 'ecs:StartTelemetrySession'],
      Resource: instances,
    },
  ];
}
