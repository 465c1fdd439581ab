import type { ImageDetail } from '@aws-sdk/client-ecr';
import { explainAws } from '../../errors/aws-error';
import type { Ecr } from './ecr';
import { isOwn, KEPT_IMAGES, KEPT_TAG_PREFIX } from './ecr-repository';
import type { ImageName } from './registry';

/**
 * Sees that an image which is deployed again is not among the next that ECR removes: it goes by when an image was
 * pushed, and does not know that it is in use. Gives what people should know.
 */
export async function keepImage(ecr: Ecr, image: ImageName): Promise<string | undefined> {
  try {
    const images = await taggedImages(ecr, image.repository);
    const found = images.find(({ imageTags }) => imageTags?.includes(image.tag));
    if (found === undefined || !isNearItsEnd(found, images)) return undefined;
    if (await isOfStack(ecr, image.repository)) await mark(ecr, image, found);
    return undefined;
  } catch (error) {
    // It is there today. No reason to stop a deploy.
    return `The image is among the oldest in its repository, or may be, and was not marked to stay:\n${(error as Error).message}`;
  }
}

async function taggedImages({ client, context: { region } }: Ecr, repositoryName: string) {
  const { DescribeImagesCommand } = await import('../../vendor/ecr.mjs');
  return explainAws({ action: 'ecr:DescribeImages', region }, `repository ${repositoryName}`, async () => {
    const found: ImageDetail[] = [];
    let nextToken: string | undefined;
    do {
      const filter = { tagStatus: 'TAGGED' as const };
      const page = await client.send(
        new DescribeImagesCommand({ repositoryName, filter, maxResults: 1000, nextToken }),
      );
      found.push(...(page.imageDetails ?? []));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    return found;
  });
}

/** In the older half of those that are kept, and not marked yet. Whatever is pushed later is deployed in its place. */
function isNearItsEnd(
  { imagePushedAt, imageTags = [] }: ImageDetail,
  images: readonly ImageDetail[],
): boolean {
  if (imagePushedAt === undefined || imageTags.some((tag) => tag.startsWith(KEPT_TAG_PREFIX))) return false;
  const newer = images.filter((other) => (other.imagePushedAt ?? 0) > imagePushedAt);
  return newer.length >= KEPT_IMAGES / 2;
}

/** A repository that somebody else made has other rules, or none. */
async function isOfStack({ client, context }: Ecr, name: string): Promise<boolean> {
  const { DescribeRepositoriesCommand, ListTagsForResourceCommand } = await import('../../vendor/ecr.mjs');
  const call = {
    action: 'ecr:DescribeRepositories and ecr:ListTagsForResource',
    region: context.region,
  };
  return explainAws(call, `repository ${name}`, async () => {
    const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
    const resourceArn = repositories?.[0]?.repositoryArn;
    const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
    return isOwn(context, name, tags);
  });
}

/** Gives the image a second tag. Nothing is pulled or pushed: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-retag.html */
async function mark(
  { client, context: { region } }: Ecr,
  { repository: repositoryName, tag }: ImageName,
  { imageDigest }: ImageDetail,
): Promise<void> {
  const { BatchGetImageCommand, PutImageCommand } = await import('../../vendor/ecr.mjs');
  const call = { action: 'ecr:BatchGetImage and ecr:PutImage', region };
  await explainAws(call, `image ${repositoryName}:${tag}`, async () => {
    const { images } = await client.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }] }),
    );
    const { imageManifest, imageManifestMediaType } = images?.[0] ?? {};
    const imageTag = `${KEPT_TAG_PREFIX}${tag}`;
    await client.send(
      // With the digest: were the manifest another one, it would be refused.
      new PutImageCommand({ repositoryName, imageTag, imageDigest, imageManifest, imageManifestMediaType }),
    );
  });
}
