import type { Configuration, TextOrIntrinsic } from '../../config/configuration';
import { repositoryName } from '../../config/names';
import { arn, sub, type Statement } from '../cloudformation';
import { secretStatements } from './secrets';
import type { Subject } from './subject';

/** What ECS may do to pull the image. */
export function pullStatements({ configuration, worker }: Subject): Statement[] {
  const repository = repositoryArn(configuration, worker.name);
  const credentials = configuration.registry?.credentials;
  return [
    ...(repository === undefined ? [] : ecrStatements(repository)),
    ...(credentials === undefined
      ? []
      : secretStatements({ registry: { secretsManager: credentials } }).map((statement) => ({
          ...statement,
          Sid: 'RegistryCredentials',
        }))),
  ];
}

function ecrStatements(repository: TextOrIntrinsic): Statement[] {
  return [
    // AWS takes no resource for this one.
    { Sid: 'RegistryLogin', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Sid: 'PullImage',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: repository,
    },
  ];
}

/** ECR of another account or region, by its host: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const ECR_HOST = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.[a-z.]+(\/.+)?$/;

/** Undefined where the registry is none of ECR's. */
function repositoryArn(
  { context, registry }: Configuration,
  workerName: string,
): TextOrIntrinsic | undefined {
  const repository = repositoryName(context, workerName);
  if (registry === undefined) return arn('ecr', `repository/${repository}`);
  const parts = ECR_HOST.exec(registry.name);
  if (parts === null) return undefined;
  const [, account = '', region = '', path = ''] = parts;
  const name = [...path.split('/').filter((part) => part !== ''), repository].join('/');
  return sub(`arn:\${AWS::Partition}:ecr:${region}:${account}:repository/${name}`);
}
