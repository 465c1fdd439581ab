import type { Configuration, Worker } from '../config/configuration';
import { fileSystemAccessId } from '../config/logical-ids';
import type { FileSystem } from '../config/volumes';
import { arnOfName, combine, select, type Statement } from './cloudformation';
import { taskNetwork } from './network';
import type { Resources } from './resource-types';

/** EFS file systems: they are the user's own, and are neither made nor deleted here. */

const fileSystemsOf = ({ volumes }: Pick<Worker, 'volumes'>): FileSystem[] =>
  volumes.flatMap((volume) => (volume.kind === 'efs' ? [volume] : []));

/** https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html */
export const fileSystemStatements = (worker: Worker): Statement[] =>
  worker.volumes
    .flatMap((volume) => (volume.kind === 'efs' && volume.iam ? [volume] : []))
    .map(mountStatement);

function mountStatement(
  { efs, accessPoint, readOnly, rootAccess }: FileSystem & { readOnly: boolean },
  index: number,
): Statement {
  const uses = [
    'ClientMount',
    ...(readOnly ? [] : ['ClientWrite']),
    ...(rootAccess ? ['ClientRootAccess'] : []),
  ];
  return {
    Sid: `FileSystem${index + 1}`,
    Effect: 'Allow',
    Action: uses.map((use) => `elasticfilesystem:${use}`),
    Resource: arnOfName('elasticfilesystem', efs, 'file-system/'),
    ...(accessPoint !== undefined && {
      Condition: {
        StringEquals: {
          'elasticfilesystem:AccessPointArn': arnOfName('elasticfilesystem', accessPoint, 'access-point/'),
        },
      },
    }),
  };
}

const NFS_PORT = 2049;

/** Lets the tasks in to the mount targets. Workers that share these share the rule: EC2 refuses a second one like it. */
export function fileSystemAccess(configuration: Configuration): Resources {
  return combine(
    configuration.workers.flatMap(fileSystemsOf).flatMap(({ securityGroup }): Resources[] => {
      if (securityGroup === undefined) return [];
      return [
        {
          [fileSystemAccessId(securityGroup)]: {
            Type: 'AWS::EC2::SecurityGroupIngress',
            Properties: {
              GroupId: securityGroup,
              Description: `NFS of the tasks of ${configuration.context.stackName}`,
              IpProtocol: 'tcp',
              FromPort: NFS_PORT,
              ToPort: NFS_PORT,
              SourceSecurityGroupId: groupOfTasks(configuration),
            },
          },
        },
      ];
    }),
  );
}

/** Tasks have all of their groups: a rule for one of them is enough. A rule of the configuration has required that they have one. */
function groupOfTasks(configuration: Configuration) {
  const { SecurityGroups } = taskNetwork(configuration);
  return Array.isArray(SecurityGroups) ? (SecurityGroups as readonly string[])[0] : select(0, SecurityGroups);
}

/** What must be there before a task can mount the file systems: the rules, and mount targets of the service's own template. */
export function fileSystemDependencies({ context }: Configuration, worker: Worker): string[] {
  const fileSystems = fileSystemsOf(worker);
  const rules = fileSystems.flatMap(({ securityGroup }) =>
    securityGroup === undefined ? [] : [fileSystemAccessId(securityGroup)],
  );
  const isOwn = fileSystems.some(({ efs }) => typeof efs !== 'string');
  const targets = Object.entries(isOwn ? context.resources : {})
    .filter(([, { type }]) => type === 'AWS::EFS::MountTarget')
    .map(([id]) => id);
  return [...new Set([...rules, ...targets])];
}
