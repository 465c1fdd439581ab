import type { ECRClient, ImageDetail } from '@aws-sdk/client-ecr';
import type { ServiceContext } from '../../config/configuration';
import { explainAws } from '../../errors/aws-error';
import { UserError } from '../../errors/user-error';
import type { Engine } from '../engine/engine';
import { isOwn, KEPT_IMAGES, KEPT_TAG_PREFIX, LIFECYCLE_POLICY, newRepository } from './ecr-repositories';
import type { ImageName, Registry, Repository } from './push-images';

export interface Ecr {
  client: ECRClient;
  context: ServiceContext;
}

/** ECR in the account and region of the stack, with a repository for each worker, which is made on first use. */
export function ecrRegistry(ecr: Ecr): Registry {
  return {
    hasImage: (image) => hasImage(ecr, image),
    keep: (image) => keepImage(ecr, image),
    prepare: (repository) => prepare(ecr, repository),
    logIn: (engine) => logIn(ecr, engine),
  };
}

async function hasImage({ client, context: { region } }: Ecr, { repository, tag }: ImageName) {
  const { DescribeImagesCommand } = await import('../../vendor/ecr.mjs');
  const input = { repositoryName: repository, imageIds: [{ imageTag: tag }] };
  const call = { action: 'ecr:DescribeImages', region };
  const found = await explainAws(call, `image ${repository}:${tag}`, () =>
    client.send(new DescribeImagesCommand(input)).catch(unlessMissing),
  );
  return found !== undefined;
}

async function prepare(ecr: Ecr, repository: { name: string; worker: string }): Promise<Repository> {
  const uri = await uriOf(ecr, repository.name);
  return uri === undefined ? make(ecr, repository) : { uri, isNew: false };
}

/** Undefined if there is no such repository. One that somebody else made is used as it is. */
async function uriOf({ client, context: { region } }: Ecr, name: string): Promise<string | undefined> {
  const { DescribeRepositoriesCommand } = await import('../../vendor/ecr.mjs');
  const call = { action: 'ecr:DescribeRepositories', region };
  const answer = await explainAws(call, `repository ${name}`, () =>
    client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] })).catch(unlessMissing),
  );
  return answer?.repositories?.[0]?.repositoryUri;
}

async function make(ecr: Ecr, repository: { name: string; worker: string }): Promise<Repository> {
  const { client, context } = ecr;
  const { CreateRepositoryCommand } = await import('../../vendor/ecr.mjs');
  const call = { action: 'ecr:CreateRepository and ecr:TagResource', region: context.region };
  const made = await explainAws(call, `repository ${repository.name}`, () =>
    client.send(new CreateRepositoryCommand(newRepository(context, repository))).catch(unlessThere),
  );
  const uri = made?.repository?.repositoryUri;
  // Another deploy of the same service was faster.
  if (uri === undefined) return { uri: await uriOfOther(ecr, repository.name), isNew: false };
  return { uri, isNew: true, ...(await keepNewest(ecr, repository.name)) };
}

async function uriOfOther(ecr: Ecr, name: string): Promise<string> {
  const uri = await uriOf(ecr, name);
  if (uri !== undefined) return uri;
  throw UserError.of({
    code: 'WATCHBOT_AWS',
    place: `repository ${name}`,
    given: 'it was there, and a moment later it was not',
    advice: 'see that nobody removes the service meanwhile, then deploy again',
  });
}

/** Images that are kept too long cost little: that is no reason to stop a deploy. */
async function keepNewest({ client, context: { region } }: Ecr, name: string): Promise<{ warning?: string }> {
  const { PutLifecyclePolicyCommand } = await import('../../vendor/ecr.mjs');
  const call = { action: 'ecr:PutLifecyclePolicy', region };
  try {
    await explainAws(call, `repository ${name}`, () =>
      client.send(
        new PutLifecyclePolicyCommand({ repositoryName: name, lifecyclePolicyText: LIFECYCLE_POLICY }),
      ),
    );
    return {};
  } catch (error) {
    return { warning: `Old images of the repository will not be removed:\n${(error as Error).message}` };
  }
}

async function logIn({ client, context: { region } }: Ecr, engine: Engine): Promise<void> {
  const { GetAuthorizationTokenCommand } = await import('../../vendor/ecr.mjs');
  const call = { action: 'ecr:GetAuthorizationToken', region };
  const { authorizationData } = await explainAws(call, 'login to ECR', () =>
    client.send(new GetAuthorizationTokenCommand({})),
  );
  const [{ authorizationToken, proxyEndpoint } = {}] = authorizationData ?? [];
  const account = decode(authorizationToken);
  if (account === undefined || proxyEndpoint === undefined) {
    throw UserError.of({ code: 'WATCHBOT_LOGIN', place: 'login to ECR', given: 'an answer without a token' });
  }
  await engine.login(new URL(proxyEndpoint).host, account);
}

/** `AWS:password`, in Base64. */
function decode(token = ''): { username: string; password: string } | undefined {
  const text = Buffer.from(token, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function unlessMissing(error: Error): undefined {
  if (!['RepositoryNotFoundException', 'ImageNotFoundException'].includes(error.name)) throw error;
}

function unlessThere(error: Error): undefined {
  if (error.name !== 'RepositoryAlreadyExistsException') throw error;
}

/**
 * Keeps an image that is deployed again from being among the next that ECR removes: ECR goes by the time of the push, and does
 * not know which images are in use. Gives a warning, if there is one.
 */
async function keepImage(ecr: Ecr, image: ImageName): Promise<string | undefined> {
  try {
    const images = await taggedImages(ecr, image.repository);
    const found = images.find(({ imageTags }) => imageTags?.includes(image.tag));
    if (found === undefined || !isNearItsEnd(found, images)) return undefined;
    if (await isOfStack(ecr, image.repository)) await mark(ecr, image, found);
    return undefined;
  } catch (error) {
    // The image still exists today: that is no reason to stop a deploy.
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

/** Whether it is in the older half of the kept images, and not marked yet. Images that are pushed later will replace it. */
function isNearItsEnd(
  { imagePushedAt, imageTags = [] }: ImageDetail,
  images: readonly ImageDetail[],
): boolean {
  if (imagePushedAt === undefined || imageTags.some((tag) => tag.startsWith(KEPT_TAG_PREFIX))) return false;
  const newer = images.filter((other) => (other.imagePushedAt ?? 0) > imagePushedAt);
  return newer.length >= KEPT_IMAGES / 2;
}

/** If somebody else made the repository, it has other rules, or none. */
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

/** Gives the image a second tag, without pulling or pushing it: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-retag.html */
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
      // With the digest ECR would refuse another manifest.
      new PutImageCommand({ repositoryName, imageTag, imageDigest, imageManifest, imageManifestMediaType }),
    );
  });
}
