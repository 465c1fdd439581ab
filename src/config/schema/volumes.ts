import { Type } from '@sinclair/typebox';
import { DISK_DEFAULTS, DISK_TYPE_NAMES, MAX_DISK_GIB } from '../volumes';
import { mapOf, oneOf, orIntrinsic, strictObject, textLike } from './values';

const absolutePath = (description: string) => textLike('^/', 'an absolute path', { description });

const id = (prefix: string, example: string, options: object) =>
  Type.Optional(
    orIntrinsic(textLike(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`, `an id like ${example}`), options),
  );

const ofEfs = {
  efs: id('fs', 'fs-0a1b2c3d', {
    description:
      'The id of an EFS file system of your own, which all tasks share. It is mounted with encryption in transit.',
  }),
  accessPoint: id('fsap', 'fsap-0a1b2c3d4e5f67890', {
    description: 'With `efs`: the id of an access point, which says the folder and the user of its files.',
  }),
  root: Type.Optional(
    textLike('^/', 'a path of the file system like /tiles', {
      description: 'With `efs` and without `accessPoint`: the folder of the file system that is mounted.',
      otherwise: 'all of it',
    }),
  ),
  iam: Type.Optional(
    Type.Boolean({
      default: true,
      description:
        'With `efs`: mounted with the permissions of the task role, which gets those to mount and, unless `readOnly`, to write.',
    }),
  ),
  rootAccess: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        "With `efs`: a worker that runs as root is root in the file system, too (`elasticfilesystem:ClientRootAccess`), if the file system's policy asks for permissions.",
    }),
  ),
  securityGroup: id('sg', 'sg-0a1b2c3d', {
    description:
      'With `efs`: the security group of its mount targets. A rule is added to it that lets the tasks in on port 2049. Leave it out if they are let in already.',
  }),
};

const ofEbs = {
  ebs: Type.Optional(
    Type.Integer({
      unit: 'GiB',
      minimum: 1,
      maximum: MAX_DISK_GIB,
      description: 'GiB of an EBS volume that is made for each task, and deleted with it.',
      otherwise: 'with `snapshot` the size of that',
    }),
  ),
  snapshot: id('snap', 'snap-0a1b2c3d', {
    description: 'Id of a snapshot with which each EBS volume begins.',
  }),
  type: Type.Optional(
    oneOf(DISK_TYPE_NAMES, { default: DISK_DEFAULTS.type, description: 'With `ebs`: the type of volume.' }),
  ),
  iops: Type.Optional(
    Type.Integer({
      minimum: 100,
      maximum: 256_000,
      description: 'With `ebs`: reads and writes a second; needed for io1 and io2, and possible for gp3.',
      otherwise: '3000 for gp3',
    }),
  ),
  throughput: Type.Optional(
    Type.Integer({
      minimum: 125,
      maximum: 1_000,
      description: 'With `ebs` of type gp3: MiB a second.',
      otherwise: '125',
    }),
  ),
  encrypted: Type.Optional(
    Type.Boolean({
      default: DISK_DEFAULTS.encrypted,
      description: 'With `ebs`: whether the volume is encrypted.',
    }),
  ),
  kmsKey: Type.Optional(
    orIntrinsic(
      textLike('^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$', 'the ARN of a KMS key'),
      {
        description:
          'With `ebs`: the KMS key with which it is encrypted. Its policy must leave access to IAM.',
        otherwise: "the account's default key for EBS",
      },
    ),
  ),
  filesystem: Type.Optional(
    oneOf(['xfs', 'ext4', 'ext3'], {
      default: DISK_DEFAULTS.filesystem,
      description: 'With `ebs`: with what it is formatted. With `snapshot`: what that has.',
    }),
  ),
};

/** A rule checks that one of `efs`, `ebs` and `host` is given at most, and that only it has its keys. */
const VolumeSchema = strictObject(
  {
    path: absolutePath('Where the worker has it: a folder that nothing else needs.'),
    readOnly: Type.Optional(
      Type.Boolean({ default: false, description: 'Whether the worker can only read it.' }),
    ),
    emptied: Type.Optional(
      Type.Boolean({
        description:
          'Whether it is emptied when no worker runs, as `mounts` are. A file system of EFS and a folder of the host never are.',
        otherwise: '`true` for a new EBS volume with `command`, `false` for all else',
      }),
    ),
    ...ofEfs,
    ...ofEbs,
    host: Type.Optional(
      absolutePath('On EC2: a folder of the instance, which tasks share and which outlives them.'),
    ),
  },
  {
    title: '{path} with `efs`, `ebs`, `host` or none of them',
  },
);

export const VolumesSchema = mapOf(VolumeSchema, {
  default: {},
  description:
    'What a task mounts besides `mounts`, by names of your own: an EFS file system (`efs`), an EBS volume for each task (`ebs`), a folder of an EC2 instance (`host`), or, with `path` alone, a folder of the task that its containers share (docs/volumes.md).',
});
