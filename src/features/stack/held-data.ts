import { explainAws } from '../../errors/aws-error';
import { UserError } from '../../errors/user-error';
import { isMap, parseObject } from '../../shared/json';
import { NESTED_STACK } from '../../shared/nested-stack';
import type { Clients } from './clients';
import type { Loss, StackResource, StackTemplate } from './losses';
import { queueNameIn, readCounts, totalOf } from './queues';
import { physicalIds, stackResources, type StackRef } from './stack';

/** What is deployed, and how much is in what a deploy would delete. */

/** The template of a stack, as far as it may be looked at. */
export interface Look {
  /** Undefined if nothing of the stack may be looked at. */
  template: StackTemplate | undefined;
  /** The permissions that are missing. */
  lacking: readonly string[];
}

/**
 * The template that the stack was last deployed with, and those of the stacks in it. Whoever may not read templates, and a
 * template that is not JSON, which is no template of the framework, gets the types of the resources, without anything of
 * what is to happen to them.
 */
export async function lookAtStack(ref: StackRef): Promise<Look> {
  const template = await orRefused(() => readTemplate(ref));
  if (isMap(template)) {
    const nested = await nestedTemplates(ref, template);
    return { template: { ...template, nested: nested.templates }, lacking: nested.lacking };
  }
  const lacking = template === REFUSED ? ['cloudformation:GetTemplate'] : [];
  const listed = await orRefused(() => stackResources(ref));
  if (listed === REFUSED) {
    return { template: undefined, lacking: [...lacking, 'cloudformation:ListStackResources'] };
  }
  const resources = listed.map(({ LogicalResourceId, ResourceType }) => [
    LogicalResourceId,
    { Type: ResourceType },
  ]);
  return { template: { Resources: Object.fromEntries(resources) as Resources }, lacking };
}

type Resources = Record<string, StackResource>;

/** Undefined if it is not JSON. */
async function readTemplate({ client, stackName, region }: StackRef): Promise<StackTemplate | undefined> {
  const { GetTemplateCommand } = await import('../../vendor/cloudformation.mjs');
  const call = { action: 'cloudformation:GetTemplate', region };
  const { TemplateBody = '' } = await explainAws(call, `stack ${stackName}`, () =>
    // As it was given: the template that is compared with it has not been through any macro yet.
    client.send(new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' })),
  );
  return parseObject(TemplateBody.trim());
}

async function nestedTemplates(
  ref: StackRef,
  { Resources = {} }: StackTemplate,
): Promise<{ templates: Record<string, StackTemplate>; lacking: readonly string[] }> {
  const ids = Object.keys(Resources).filter((id) => Resources[id]?.Type === NESTED_STACK);
  if (ids.length === 0) return { templates: {}, lacking: [] };
  const listed = await orRefused(() => stackResources(ref));
  if (listed === REFUSED) return { templates: {}, lacking: ['cloudformation:ListStackResources'] };
  const nested = listed.filter(({ LogicalResourceId }) => ids.includes(LogicalResourceId ?? ''));
  const looks = await Promise.all(
    nested.map(async ({ LogicalResourceId: id = '', PhysicalResourceId: stackName = '' }) => ({
      id,
      ...(await lookAtStack({ ...ref, stackName })),
    })),
  );
  const templates = looks.flatMap(({ id, template }) => (template === undefined ? [] : [[id, template]]));
  const lacking = new Set(looks.flatMap((look) => look.lacking));
  return { templates: Object.fromEntries(templates) as Record<string, StackTemplate>, lacking: [...lacking] };
}

const REFUSED = Symbol('refused');

async function orRefused<T>(ask: () => Promise<T>): Promise<T | typeof REFUSED> {
  try {
    return await ask();
  } catch (error) {
    const isRefusal = error instanceof UserError && error.code === 'WATCHBOT_RIGHTS';
    if (!isRefusal) throw error;
    return REFUSED;
  }
}

/** A loss, with what AWS says of the resource. */
export interface HeldData extends Loss {
  /** What AWS calls the resource. */
  name: string;
  /** How many messages are in a queue. Undefined if nobody knows; of other types nothing is counted. */
  count: number | undefined;
}

/** What is in the resources that would go. Those that do not exist, or keep their name, are left out. */
export async function heldData(
  { clients, ref }: { clients: Clients; ref: StackRef },
  losses: readonly Loss[],
): Promise<HeldData[]> {
  const idsIn = idLister(ref);
  const held = await Promise.all(
    losses.map(async (loss) => dataIn(clients, loss, await idsIn(loss.path.slice(0, -1)))),
  );
  return held.filter((each) => each !== undefined);
}

type Ids = ReadonlyMap<string | undefined, string | undefined>;

/** Asks once for what AWS calls the resources of a stack, or of one in it. Undefined if that may not be looked at. */
function idLister(ref: StackRef): (path: readonly string[]) => Promise<Ids | undefined> {
  const asked = new Map<string, Promise<Ids | undefined>>();
  const list = async (path: readonly string[]): Promise<Ids | undefined> => {
    const id = path.at(-1);
    const stackName = id === undefined ? ref.stackName : (await idsIn(path.slice(0, -1)))?.get(id);
    if (stackName === undefined) return undefined;
    const found = await orRefused(() => physicalIds({ ...ref, stackName }));
    return found === REFUSED ? undefined : found;
  };
  const idsIn = (path: readonly string[]): Promise<Ids | undefined> => {
    const key = path.join('/');
    const ids = asked.get(key) ?? list(path);
    asked.set(key, ids);
    return ids;
  };
  return idsIn;
}

async function dataIn(clients: Clients, loss: Loss, ids: Ids | undefined): Promise<HeldData | undefined> {
  const id = loss.path.at(-1)!;
  const physicalId = ids?.get(id);
  if (physicalId === undefined)
    return ids === undefined ? { ...loss, name: id, count: undefined } : undefined;
  const isQueue = loss.type === 'AWS::SQS::Queue';
  const name = isQueue ? queueNameIn(physicalId) : physicalId;
  // A name that is written in another way, by a function or without one, is the same name.
  if (loss.reason.how === 'replaced' && loss.reason.after === name) return undefined;
  return { ...loss, name, count: isQueue ? await messagesIn(clients, physicalId) : undefined };
}

/** Undefined if it is not known. */
async function messagesIn(clients: Clients, queueUrl: string): Promise<number | undefined> {
  try {
    return totalOf(await readCounts(await clients.sqs(), queueUrl));
  } catch (error) {
    return (error as Error).name === 'QueueDoesNotExist' ? 0 : undefined;
  }
}
