import type { Repository } from '@aws-sdk/client-ecr';
import { repositoryPrefix } from '../../config/names';
import { explainAws } from '../../errors/aws-error';
import type { Ecr } from './ecr';
import { isOwn } from './ecr-repository';

/** What became of the repositories under the service's and stage's names. */
export interface RemovedRepositories {
  removed: string[];
  /** Not made by the plugin for this stack. */
  left: string[];
}

/** Deletes the stack's repositories with their images, those of workers that are no longer configured included. */
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
