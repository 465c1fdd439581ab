import type { CreateRepositoryCommandInput, Tag } from '@aws-sdk/client-ecr';
import type { ServiceContext } from '../../config/configuration';
import { repositoryPrefix } from '../../config/names';

/** Who made a repository, and for what: only what has these tags is ever deleted. */
const OwnTag = { stack: 'watchbot:stack', worker: 'watchbot:worker' } as const;

type Owner = Pick<ServiceContext, 'service' | 'stage' | 'stackName' | 'tags'>;

/** What a repository is made with. */
export function newRepository(
  owner: Owner,
  { name, worker }: { name: string; worker: string },
): CreateRepositoryCommandInput {
  const tags = { ...owner.tags, [OwnTag.stack]: owner.stackName, [OwnTag.worker]: worker };
  return {
    repositoryName: name,
    // A tag is a hash of what is in the image, so that nobody has a reason to move it.
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
    tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Whether a repository of that name with these tags was made for the stack. */
export function isOwn(owner: Owner, name: string, tags: readonly Tag[]): boolean {
  const isOfStack = tags.some(({ Key, Value }) => Key === OwnTag.stack && Value === owner.stackName);
  return isOfStack && name.startsWith(repositoryPrefix(owner));
}

/**
 * As many of the newest images as are kept. ECR does not know which images task definitions use; what runs is the last
 * that was deployed, and what a rollback needs the one before.
 */
export const KEPT_IMAGES = 100;

/** What the second tag of an image begins with that was pushed long ago, and is in use again. */
export const KEPT_TAG_PREFIX = 'kept-';

/** What an interrupted push or an image in parts leaves without a tag. */
const UNTAGGED_DAYS = 7;

/**
 * "An image that matches the tagging requirements of a rule cannot be expired by a rule with a lower priority": those of
 * the first rule are safe from the last.
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
