import type { CreateRepositoryCommandInput, Repository, Tag } from '@aws-sdk/client-ecr';
import type { ServiceContext } from '../../config/configuration';
import { repositoryPrefix } from '../../config/names';
import { explainAws } from '../../errors/aws-error';
import type { Ecr } from './ecr';

/** Tags that say for which stack and worker the plugin made a repository. Only repositories with these tags are ever deleted. */
const OwnTag = { stack: 'watchbot:stack', worker: 'watchbot:worker' } as const;

type Owner = Pick<ServiceContext, 'service' | 'stage' | 'stackName' | 'tags'>;

/** The settings of a new repository. */
export function newRepository(
  owner: Owner,
  { name, worker }: { name: string; worker: string },
): CreateRepositoryCommandInput {
  const tags = { ...owner.tags, [OwnTag.stack]: owner.stackName, [OwnTag.worker]: worker };
  return {
    repositoryName: name,
    // A tag is a hash of the image's content, so there is no reason to move it.
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
    // A function is CloudFormation's to work out, which does not make the repository.
    tags: Object.entries(tags).flatMap(([Key, Value]) => (typeof Value === 'string' ? [{ Key, Value }] : [])),
  };
}

/** Whether the plugin made a repository with this name and these tags for the stack. */
export function isOwn(owner: Owner, name: string, tags: readonly Tag[]): boolean {
  const isOfStack = tags.some(({ Key, Value }) => Key === OwnTag.stack && Value === owner.stackName);
  return isOfStack && name.startsWith(repositoryPrefix(owner));
}

/**
 * The number of newest images that are kept. ECR does not know which images task definitions use. Tasks run the image that was
 * deployed last, and a rollback needs the previous one.
 */
export const KEPT_IMAGES = 100;

/** The start of the second tag of an image that was pushed long ago and is in use again. */
export const KEPT_TAG_PREFIX = 'kept-';

/** An interrupted push, or an image of several parts, leaves images without a tag. */
const UNTAGGED_DAYS = 7;

/**
 * "An image that matches the tagging requirements of a rule cannot be expired by a rule with a lower priority": the last rule
 * does not remove images of the first.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export const LIFECYCLE_POLICY = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: `all but the newest ${KEPT_IMAGES} that were deployed again`,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: [`${KEPT_TAG_PREFIX}*`],
        countType: 'imageCountMoreThan',
        countNumber: KEPT_IMAGES,
      },
      action: { type: 'expire' },
    },
    {
      rulePriority: 2,
      description: 'images without a tag',
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: UNTAGGED_DAYS,
      },
      action: { type: 'expire' },
    },
    {
      rulePriority: 3,
      description: `all but the newest ${KEPT_IMAGES}`,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['*'],
        countType: 'imageCountMoreThan',
        countNumber: KEPT_IMAGES,
      },
      action: { type: 'expire' },
    },
  ],
});

/** The repositories whose names begin with those of the service and the stage. */
interface RemovedRepositories {
  removed: string[];
  /** Not removed, since the plugin did not make them for this stack. */
  left: string[];
}

/** Deletes the stack's repositories with their images, including those of workers that are no longer configured. */
export async function removeRepositories(ecr: Ecr): Promise<RemovedRepositories> {
  const { client, context } = ecr;
  const { DeleteRepositoryCommand } = await import('../../vendor/ecr.mjs');
  const result: RemovedRepositories = { removed: [], left: [] };
  for (const { repositoryName = '', repositoryArn } of await repositoriesOf(ecr)) {
    if (isOwn(context, repositoryName, await tagsOf(ecr, repositoryArn))) {
      await explainAws(
        { action: 'ecr:DeleteRepository', region: context.region },
        `repository ${repositoryName}`,
        () => client.send(new DeleteRepositoryCommand({ repositoryName, force: true })).catch(unlessGone),
      );
      result.removed.push(repositoryName);
    } else result.left.push(repositoryName);
  }
  return result;
}

async function repositoriesOf({ client, context }: Ecr): Promise<Repository[]> {
  const { paginateDescribeRepositories } = await import('../../vendor/ecr.mjs');
  const call = { action: 'ecr:DescribeRepositories', region: context.region };
  return explainAws(call, 'the repositories of the service', async () => {
    const found: Repository[] = [];
    for await (const { repositories = [] } of paginateDescribeRepositories({ client, pageSize: 1000 }, {})) {
      found.push(...repositories);
    }
    const prefix = repositoryPrefix(context);
    return found.filter(({ repositoryName }) => repositoryName?.startsWith(prefix));
  });
}

async function tagsOf({ client, context: { region } }: Ecr, resourceArn: string | undefined) {
  const { ListTagsForResourceCommand } = await import('../../vendor/ecr.mjs');
  const call = { action: 'ecr:ListTagsForResource', region };
  const { tags = [] } = await explainAws(call, `repository ${resourceArn ?? ''}`, () =>
    client.send(new ListTagsForResourceCommand({ resourceArn })),
  );
  return tags;
}

function unlessGone(error: Error): void {
  if (error.name !== 'RepositoryNotFoundException') throw error;
}
