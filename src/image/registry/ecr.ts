import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ServiceContext } from '../../config/configuration';
import { explainAws } from '../../errors/aws-error';
import { UserError } from '../../errors/user-error';
import type { Engine } from '../engine/engine';
import { LIFECYCLE_POLICY, newRepository } from './ecr-repository';
import { keepImage } from './keep-image';
import type { ImageName, Registry, Repository } from './registry';

export interface Ecr {
  client: ECRClient;
  context: ServiceContext;
}

/** ECR in the account and region of the stack: a repository for each worker, made on first use. */
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

/** Undefined where it is not there. One that somebody else made serves as well, and stays as it is. */
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
  // Another deploy, of the same service at the same time, was faster.
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

/** Images that stay too long cost a little: no reason to stop a deploy. */
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
