import type { Stack } from '@aws-sdk/client-cloudformation';
import { UserError } from '../errors/user-error';
import type { StackTemplate } from '../features/stack/losses';
import { totalOf } from '../features/stack/queues';
import type { QueueCounts } from '../features/stack/removal';
import type { HookContext } from './framework';
import { foreignProblem } from './guard-stack';

/**
 * Before the stack is removed: says what will be lost with it, and what stays. If there is no stack, Serverless 3 and
 * osls end with an error, so what an earlier deploy or removal has left is removed now.
 * @returns whether nothing is left to remove after the framework has ended: Serverless 4 goes on even without a stack
 * @throws {UserError} `WATCHBOT_FOREIGN_STACK` if something else than the framework has made the stack
 */
export async function beforeRemove(context: HookContext): Promise<boolean> {
  const stack = await stackThere(context);
  if (stack === undefined) {
    await removeImages(context);
    return true;
  }
  const template = await templateThere(context);
  if (stack !== UNKNOWN) refuseForeign(stack, template, context);
  await warn(context, template);
  return false;
}

const UNKNOWN = 'unknown';

/** Whoever may remove a stack may lack the permission to look at it. */
async function stackThere({
  clients,
  configuration,
}: HookContext): Promise<Stack | typeof UNKNOWN | undefined> {
  const { findStack } = await import('../features/stack/stack.js');
  const { stackName, region } = configuration.context;
  const client = await clients.cloudFormation();
  return findStack({ client, stackName, region }).catch(() => UNKNOWN);
}

/** Undefined if it may not be read as a whole. */
async function templateThere({ clients, configuration }: HookContext): Promise<StackTemplate | undefined> {
  const { lookAtStack } = await import('../features/stack/held-data.js');
  const { stackName, region } = configuration.context;
  const client = await clients.cloudFormation();
  const look = await lookAtStack({ client, stackName, region }).catch(() => undefined);
  return look === undefined || look.lacking.length > 0 ? undefined : look.template;
}

function refuseForeign(stack: Stack, template: StackTemplate | undefined, context: HookContext): void {
  const { stackName } = context.configuration.context;
  const consequence = 'it would be removed as a whole; nothing was removed';
  const problem = foreignProblem(stack, template, { stackName, consequence });
  if (problem !== undefined) throw UserError.of(problem);
}

async function warn(context: HookContext, template: StackTemplate | undefined): Promise<void> {
  const { clients, configuration, utils } = context;
  const [{ retainedNames, queueCounts }, { templateResources }] = await Promise.all([
    import('../features/stack/removal.js'),
    import('../features/stack/stack.js'),
  ]);
  const resources = template?.Resources ?? templateResources(configuration);
  for (const text of retainedNames(resources)) utils.log.notice(`${text} stays, with what is in it`);
  try {
    const { stackName, region } = configuration.context;
    const [sqs, client] = await Promise.all([clients.sqs(), clients.cloudFormation()]);
    const reader = { sqs, stack: { client, stackName, region } };
    const counts = await queueCounts(reader, configuration, resources);
    counts
      .filter((each) => totalOf(each) + each.dead > 0)
      .forEach((each) => {
        utils.log.warning(describe(each));
      });
  } catch (error) {
    // Whoever may remove queues may lack the permission to read them, and asked only for the removal.
    utils.log.warning(`The messages in the queues were not counted:\n${(error as Error).message}`);
  }
}

function describe({ worker, queueName, visible, inFlight, delayed, dead }: QueueCounts): string {
  const parts = [
    [visible, 'waiting'],
    [inFlight, 'in flight'],
    [delayed, 'delayed'],
    [dead, 'in the dead-letter queue'],
  ] as const;
  const texts = parts.filter(([count]) => count > 0).map(([count, where]) => `${count} ${where}`);
  return `The messages of worker ${worker} go with queue ${queueName}: ${texts.join(', ')}`;
}

/** Runs after the stack is gone, when nothing pulls the images any more. */
export async function removeImages({ clients, configuration, utils }: HookContext): Promise<void> {
  const { context, registry } = configuration;
  if (registry !== undefined) {
    utils.log.notice(`The images in ${registry.name} stay`);
    return;
  }
  const progress = utils.progress.get('watchbot');
  progress.notice('Removing the repositories');
  try {
    const { removeRepositories } = await import('../image/registry/ecr-repositories.js');
    const client = await clients.ecr();
    const { removed, left } = await removeRepositories({ client, context });
    removed.forEach((name) => {
      utils.log.notice(`Repository ${name}: removed, with its images`);
    });
    left.forEach((name) => {
      utils.log.notice(`Repository ${name} stays: it was not made for this stack`);
    });
  } finally {
    progress.remove();
  }
}
