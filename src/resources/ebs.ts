import type { TextOrIntrinsic, Worker } from '../config/configuration';
import { isArn } from '../config/functions';
import type { Disk } from '../config/volumes';
import { assumedBy, policyDocument, sub, type Statement } from './cloudformation';
import { arnFrom } from './derived';
import { roleArn } from './identities';
import type { PropertiesOf, Resources, Role } from './resource-types';
import { idOf, named, type ConfiguredWorker, type Subject } from './subject';

/** EBS volumes: ECS makes one for each task, and deletes it when the task ends. */

type NamedDisk = Disk & { name: string };

/** A rule of the configuration has refused a second one. */
const diskOf = ({ volumes }: Worker): NamedDisk | undefined =>
  volumes.flatMap((volume) => (volume.kind === 'ebs' ? [volume] : []))[0];

/**
 * Given even if there is none: ECS keeps what an update leaves out, and then refuses the task definition without the volume.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/configure-ebs-volume.html
 */
export function volumeConfigurations(
  subject: Subject,
): PropertiesOf<'AWS::ECS::Service'>['VolumeConfigurations'] {
  const disk = diskOf(subject.worker);
  if (disk === undefined) return [];
  return [
    {
      Name: disk.name,
      ManagedEBSVolume: {
        RoleArn: roleArn(subject.worker.infrastructureRole, idOf(subject, 'infrastructureRole')),
        SizeInGiB: disk.ebs,
        SnapshotId: disk.snapshot,
        VolumeType: disk.type,
        Iops: disk.iops,
        Throughput: disk.throughput,
        Encrypted: disk.encrypted,
        KmsKeyId: disk.kmsKey,
        FilesystemType: disk.filesystem,
        TagSpecifications: [{ ResourceType: 'volume', PropagateTags: 'SERVICE' }],
      },
    },
  ];
}

export function infrastructureRole(subject: Subject): Resources {
  const body = neededInfrastructureRole(subject);
  if (body === undefined || subject.worker.infrastructureRole !== undefined) return {};
  return named(subject, 'infrastructureRole', body);
}

/**
 * With what ECS makes volumes, attaches and deletes them. AWS's own policy names only volumes that ECS has made.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
 */
export function neededInfrastructureRole({ configuration, worker }: ConfiguredWorker): Role | undefined {
  const disk = diskOf(worker);
  if (disk === undefined) return undefined;
  const statements =
    disk.kmsKey === undefined ? [] : keyUse(keyArn(disk.kmsKey, configuration.context.resources));
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: assumedBy('ecs.amazonaws.com'),
      ManagedPolicyArns: [
        sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes'),
      ],
      Policies:
        statements.length === 0
          ? undefined
          : [{ PolicyName: 'key', PolicyDocument: policyDocument(statements) }],
    },
  };
}

function keyArn(key: TextOrIntrinsic, resources: Parameters<typeof isArn>[1]): TextOrIntrinsic {
  if (typeof key === 'string' || isArn(key, resources) === true) return key;
  return arnFrom(key, 'arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/${Name}');
}

/**
 * EC2 uses the key in the name of the role, and only for volumes of EBS.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-kms-encryption.html
 */
const keyUse = (key: TextOrIntrinsic): Statement[] => [
  { Sid: 'LookAtKey', Effect: 'Allow', Action: 'kms:DescribeKey', Resource: key },
  {
    Sid: 'UseKey',
    Effect: 'Allow',
    Action: [
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    Resource: key,
    Condition: FOR_VOLUMES,
  },
  {
    Sid: 'LetEbsUseKey',
    Effect: 'Allow',
    Action: 'kms:CreateGrant',
    Resource: key,
    Condition: { ...FOR_VOLUMES, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  },
];

const FOR_VOLUMES = {
  StringEquals: { 'kms:ViaService': sub('ec2.${AWS::Region}.amazonaws.com') },
  'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'aws:ebs:id' },
};
