import { describe, expect, it } from '@jest/globals';
import type { OwnResource } from '../../src/config/configuration';
import { fileSystemAccessId } from '../../src/config/logical-ids';
import { ContainerVariable } from '../../src/contract/environment';
import { neededRoles } from '../../src/resources/needed-roles';
import { parse } from '../config/support';
import { OWN_RESOURCES, OWN_KEY } from './sections';
import { build, ownArn, single, statementsOf, type Properties } from './support';

const vpc = { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d', 'sg-1a1b2c3d'] };
const ec2 = { cluster: 'shared', capacity: 'EC2' };
const assets = { efs: 'fs-0a1b2c3d', path: '/assets' };
const scratch = { ebs: '500GB', path: '/scratch' };

const owned = (type: string): OwnResource => ({ type, isFifo: false, isInVpc: true });
const OWN_FILES = {
  ...OWN_RESOURCES,
  Files: owned('AWS::EFS::FileSystem'),
  FilesPoint: owned('AWS::EFS::AccessPoint'),
  FilesTargetA: owned('AWS::EFS::MountTarget'),
  FilesTargetB: owned('AWS::EFS::MountTarget'),
};

const taskOf = (section: object) => single(section).of('taskDefinition');
const volumesOf = (section: object) => (taskOf(section).Volumes as Properties[]).slice(1);
const containerOf = (section: object) => (taskOf(section).ContainerDefinitions as Properties[])[0]!;
const mountPointsOf = (section: object) => (containerOf(section).MountPoints as unknown[]).slice(1);
const emptiedOf = (section: object): unknown =>
  (containerOf(section).Environment as Properties[]).find(({ Name }) => Name === ContainerVariable.volumes)
    ?.Value;
const fileSystemStatements = (volume: object) =>
  statementsOf(single({ vpc, volumes: { assets: { ...assets, ...volume } } }).of('taskRole')).filter(
    ({ Sid }) => Sid?.startsWith('FileSystem') === true,
  );

describe('volumes of a task', () => {
  it('are an EFS file system with encryption in transit, by the permissions of the task role', () => {
    expect(volumesOf({ vpc, volumes: { assets } })).toEqual([
      {
        Name: 'assets',
        EFSVolumeConfiguration: {
          FilesystemId: 'fs-0a1b2c3d',
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { IAM: 'ENABLED' },
        },
      },
    ]);
    expect(mountPointsOf({ vpc, volumes: { assets } })).toEqual([
      { SourceVolume: 'assets', ContainerPath: '/assets', ReadOnly: false },
    ]);
  });

  it('are a part of a file system, by an access point or a folder, without the task role if it is not wanted', () => {
    const volumes = {
      point: { ...assets, accessPoint: 'fsap-0a1b2c3d4e5f67890', readOnly: true },
      folder: { ...assets, path: '/folder', root: '/tiles', iam: false },
    };
    expect(volumesOf({ vpc, volumes })).toMatchObject([
      { EFSVolumeConfiguration: { AuthorizationConfig: { AccessPointId: 'fsap-0a1b2c3d4e5f67890' } } },
      { EFSVolumeConfiguration: { RootDirectory: '/tiles', AuthorizationConfig: { IAM: 'DISABLED' } } },
    ]);
    expect(mountPointsOf({ vpc, volumes })).toMatchObject([{ ReadOnly: true }, { ReadOnly: false }]);
  });

  it('are an EBS volume, a folder of the instance, or a folder of the task', () => {
    const volumes = {
      scratch,
      models: { host: '/mnt/models', path: '/models' },
      shared: { path: '/shared/' },
    };
    expect(volumesOf({ ...ec2, volumes })).toEqual([
      { Name: 'scratch', ConfiguredAtLaunch: true },
      { Name: 'models', Host: { SourcePath: '/mnt/models' } },
      { Name: 'shared' },
    ]);
    expect(mountPointsOf({ ...ec2, volumes })).toMatchObject([
      { ContainerPath: '/scratch' },
      { ContainerPath: '/models' },
      { ContainerPath: '/shared' },
    ]);
  });

  it.each([
    ['a new EBS volume', { scratch }, '/tmp,/scratch'],
    ['an EBS volume that is not to be', { scratch: { ...scratch, emptied: false } }, '/tmp'],
    ['one from a snapshot', { scratch: { ...scratch, snapshot: 'snap-0a1b2c3d' } }, '/tmp'],
    ['one that is only read', { scratch: { ...scratch, readOnly: true } }, '/tmp'],
    ['a folder of the task', { shared: { path: '/shared' } }, '/tmp'],
    ['a folder of the task that is to be', { shared: { path: '/shared', emptied: true } }, '/tmp,/shared'],
    ['EFS and a folder of the instance', { assets, models: { host: '/models', path: '/models' } }, '/tmp'],
  ])('are emptied after a job only if they end with the task: %s', (_what, volumes, expected) => {
    expect(emptiedOf({ ...ec2, vpc, volumes })).toBe(expected);
  });

  it('are not emptied where a warm worker may keep files', () => {
    expect(emptiedOf({ command: undefined, handler: 'src/app.run', volumes: { scratch } })).toBe('/tmp');
  });

  it('are mounted in a container whose file system can be written to, and nothing is emptied there', () => {
    const section = { writableFilesystem: true, volumes: { scratch } };
    expect(containerOf(section).MountPoints).toEqual([
      { SourceVolume: 'scratch', ContainerPath: '/scratch', ReadOnly: false },
    ]);
    expect(emptiedOf(section)).toBe('');
  });
});

describe('an EFS file system', () => {
  it.each([
    [{}, ['ClientMount', 'ClientWrite']],
    [{ readOnly: true }, ['ClientMount']],
    [{ rootAccess: true }, ['ClientMount', 'ClientWrite', 'ClientRootAccess']],
  ])('with %j is what the task role may use', (volume, uses) => {
    expect(fileSystemStatements(volume)).toEqual([
      {
        Sid: 'FileSystem1',
        Effect: 'Allow',
        Action: uses.map((use) => `elasticfilesystem:${use}`),
        Resource: ownArn('elasticfilesystem', 'file-system/fs-0a1b2c3d'),
      },
    ]);
  });

  it('is not named by the task role without `iam`', () => {
    expect(fileSystemStatements({ iam: false })).toEqual([]);
  });

  it('is used through the access point only, if there is one', () => {
    expect(fileSystemStatements({ accessPoint: 'fsap-0a1b2c3d4e5f67890' })).toMatchObject([
      {
        Condition: {
          StringEquals: {
            'elasticfilesystem:AccessPointArn': ownArn(
              'elasticfilesystem',
              'access-point/fsap-0a1b2c3d4e5f67890',
            ),
          },
        },
      },
    ]);
  });

  it('lets in the tasks of all workers by one rule', () => {
    const volumes = { assets: { ...assets, securityGroup: 'sg-2a1b2c3d' } };
    const worker = { command: 'true', volumes };
    const { Resources } = build({ vpc, workers: { a: worker, b: worker } });
    const rules = Object.entries(Resources).filter(
      ([, { Type }]) => Type === 'AWS::EC2::SecurityGroupIngress',
    );
    const id = fileSystemAccessId('sg-2a1b2c3d');
    expect(rules).toEqual([
      [
        id,
        {
          Type: 'AWS::EC2::SecurityGroupIngress',
          Properties: {
            GroupId: 'sg-2a1b2c3d',
            Description: 'NFS of the tasks of tiles-dev',
            IpProtocol: 'tcp',
            FromPort: 2049,
            ToPort: 2049,
            SourceSecurityGroupId: 'sg-0a1b2c3d',
          },
        },
      ],
    ]);
    expect([Resources.AService, Resources.BService]).toMatchObject([
      { DependsOn: expect.arrayContaining([id]) },
      { DependsOn: expect.arrayContaining([id]) },
    ]);
  });

  it('of the same template may be in the network that the plugin makes, and its mount targets come before tasks', () => {
    const volumes = {
      assets: {
        efs: { Ref: 'Files' },
        accessPoint: { Ref: 'FilesPoint' },
        path: '/assets',
        securityGroup: { Ref: 'OwnGroup' },
      },
    };
    const { Resources } = single({ volumes }, { resources: OWN_FILES });
    const id = fileSystemAccessId({ Ref: 'OwnGroup' });
    expect(Resources.WatchbotService?.DependsOn).toEqual(
      expect.arrayContaining([id, 'FilesTargetA', 'FilesTargetB']),
    );
    expect(Resources[id]?.Properties).toMatchObject({
      SourceSecurityGroupId: { 'Fn::GetAtt': ['WatchbotSecurityGroup', 'GroupId'] },
    });
  });

  it('lets in the first of the groups that a function gives', () => {
    const securityGroups = { 'Fn::Split': [',', { 'Fn::ImportValue': 'groups' }] };
    const volumes = { assets: { ...assets, securityGroup: 'sg-2a1b2c3d' } };
    const { Resources } = single({ vpc: { ...vpc, securityGroups }, volumes });
    expect(Resources[fileSystemAccessId('sg-2a1b2c3d')]?.Properties).toMatchObject({
      SourceSecurityGroupId: { 'Fn::Select': [0, securityGroups] },
    });
  });
});

describe('an EBS volume', () => {
  const configurationsOf = (section: object): unknown => single(section).of('service').VolumeConfigurations;

  it('is made by ECS for each task, with the tags of the service', () => {
    expect(configurationsOf({ volumes: { scratch } })).toEqual([
      {
        Name: 'scratch',
        ManagedEBSVolume: {
          RoleArn: { 'Fn::GetAtt': ['WatchbotInfrastructureRole', 'Arn'] },
          SizeInGiB: 500,
          VolumeType: 'gp3',
          Encrypted: true,
          FilesystemType: 'xfs',
          TagSpecifications: [{ ResourceType: 'volume', PropagateTags: 'SERVICE' }],
        },
      },
    ]);
  });

  it('is as its user wants it', () => {
    const tuned = { snapshot: 'snap-0a1b2c3d', path: '/data', type: 'gp3', iops: 4_000, throughput: 500 };
    const volumes = { data: { ...tuned, kmsKey: OWN_KEY, filesystem: 'ext4' } };
    expect(configurationsOf({ volumes })).toMatchObject([
      {
        ManagedEBSVolume: {
          SnapshotId: 'snap-0a1b2c3d',
          Iops: 4_000,
          Throughput: 500,
          KmsKeyId: OWN_KEY,
          FilesystemType: 'ext4',
        },
      },
    ]);
  });

  it('goes from the service that had one: ECS keeps what an update leaves out', () => {
    expect(configurationsOf({})).toEqual([]);
  });

  it('is made with a role that only ECS takes, with AWS’s own policy', () => {
    const { of } = single({ volumes: { scratch } });
    expect(of('infrastructureRole')).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      ManagedPolicyArns: [
        {
          'Fn::Sub':
            'arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes',
        },
      ],
    });
    expect(single().has('infrastructureRole')).toBe(false);
  });

  it.each([
    [OWN_KEY, OWN_KEY],
    [{ 'Fn::GetAtt': ['OwnKey', 'Arn'] }, { 'Fn::GetAtt': ['OwnKey', 'Arn'] }],
  ])('is encrypted with a key of the user’s own, which the role may use: %j', (kmsKey, Resource) => {
    const { of } = single({ volumes: { scratch: { ...scratch, kmsKey } } });
    const Condition = {
      StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'ec2.${AWS::Region}.amazonaws.com' } },
      'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': 'aws:ebs:id' },
    };
    expect(statementsOf(of('infrastructureRole'))).toMatchObject([
      { Action: 'kms:DescribeKey', Resource },
      { Sid: 'UseKey', Resource, Condition },
      {
        Action: 'kms:CreateGrant',
        Resource,
        Condition: { ...Condition, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
    ]);
  });

  it('is made with a given role, which `sls watchbot roles` tells of', () => {
    const role = 'arn:aws:iam::123456789012:role/volumes';
    const section = { command: 'true', infrastructureRole: role, volumes: { scratch } };
    expect(single(section).has('infrastructureRole')).toBe(false);
    expect(configurationsOf(section)).toMatchObject([{ ManagedEBSVolume: { RoleArn: role } }]);
    expect(neededRoles(parse(section)).find(({ key }) => key === 'infrastructureRole')).toMatchObject({
      existing: role,
      body: { Type: 'AWS::IAM::Role' },
    });
  });
});
