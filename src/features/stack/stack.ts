import type { CloudFormationClient, Stack, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import type { Configuration, Worker } from '../../config/configuration';
import { logGroupBesideFunction, logicalId, type WorkerResource } from '../../config/logical-ids';
import { OutputName } from '../../config/names';
import { explainAws } from '../../errors/aws-error';
import { UserError } from '../../errors/user-error';
import { buildTemplate } from '../../resources/template';
import { NESTED_STACK } from '../../shared/nested-stack';

/** A stack of CloudFormation, and the client that asks about it. */
export interface StackRef {
  client: CloudFormationClient;
  stackName: string;
  region: string;
}

/** Undefined if there is no such stack. */
export async function findStack({ client, stackName, region }: StackRef): Promise<Stack | undefined> {
  const { DescribeStacksCommand } = await import('../../vendor/cloudformation.mjs');
  const call = { action: 'cloudformation:DescribeStacks', region };
  const answer = await explainAws(call, `stack ${stackName}`, () =>
    client.send(new DescribeStacksCommand({ StackName: stackName })).catch(unlessMissing),
  );
  return answer?.Stacks?.[0];
}

function unlessMissing(error: Error): undefined {
  const isMissing = error.name === 'ValidationError' && error.message.includes('does not exist');
  if (!isMissing) throw error;
}

/**
 * The stack that is deployed to, if there is one already. To be asked for before anything is built for it.
 * @throws {UserError} `WATCHBOT_STACK_STATE` if nothing can be deployed to it
 */
export async function deployableStack(ref: StackRef): Promise<Stack | undefined> {
  const stack = await findStack(ref);
  const status = stack?.StackStatus;
  const advice = status === undefined ? undefined : adviceFor(status, ref);
  if (status === undefined || advice === undefined) return stack;
  const reason = stack?.StackStatusReason === undefined ? '' : ` (${stack.StackStatusReason})`;
  throw UserError.of({
    code: 'WATCHBOT_STACK_STATE',
    place: `stack ${ref.stackName}`,
    given: `${status}${reason}`,
    allowed: 'a stack whose last deploy has ended, or none',
    advice: `${advice}; nothing was built, pushed or changed`,
  });
}

/** Its first deploy failed, or its removal: AWS can only remove such a stack. */
const DEAD = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_COMPLETE|ROLLBACK_FAILED|DELETE_FAILED)$/;
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
const STUCK = /^(UPDATE|IMPORT)_ROLLBACK_FAILED$/;

/** Undefined if the stack can be deployed to. */
function adviceFor(status: string, { stackName, region }: StackRef): string | undefined {
  if (DEAD.test(status)) return 'remove the stack with `sls remove`, then deploy again';
  if (STUCK.test(status)) {
    return `run \`aws cloudformation continue-update-rollback --stack-name ${stackName} --region ${region}\`, then deploy again`;
  }
  if (status.endsWith('_IN_PROGRESS')) return 'wait until the deploy or removal that is under way has ended';
  return undefined;
}

/** The resources of the template by logical id, with the user's extensions. Names of images are empty. */
export function templateResources(configuration: Configuration) {
  const noImages = Object.fromEntries(configuration.workers.map(({ name }) => [name, '']));
  return buildTemplate(configuration, noImages).Resources;
}

/** What a deployed worker has in AWS. What it does not have is left out. */
export interface WorkerOverview {
  worker: string;
  queueUrl?: string | undefined;
  deadLetterQueueUrl?: string | undefined;
  topicArn?: string | undefined;
  serviceArn?: string | undefined;
  logGroup?: string | undefined;
  webhookUrl?: string | undefined;
  dashboardUrl?: string | undefined;
  /** The physical id of any of its resources: a name, a URL or an ARN, by its type. */
  idOf?: (resource: WorkerResource) => string | undefined;
}

/** Undefined if there is no stack. */
export async function stackOverview(
  ref: StackRef,
  configuration: Configuration,
): Promise<WorkerOverview[] | undefined> {
  const stack = await findStack(ref);
  if (stack === undefined) return undefined;
  const outputs = new Map(stack.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const wanted = Object.keys(templateResources(configuration));
  const ids = await physicalIds(ref, wanted);
  return configuration.workers.map((worker) => overviewOf(worker, configuration, { outputs, ids }));
}

interface DeployedNames {
  outputs: ReadonlyMap<string | undefined, string | undefined>;
  ids: ReadonlyMap<string, string>;
}

function overviewOf(
  { name }: Worker,
  { context }: Configuration,
  { outputs, ids }: DeployedNames,
): WorkerOverview {
  const idOf = (resource: WorkerResource) => ids.get(logicalId(name, resource));
  const dashboard = idOf('dashboard');
  return {
    worker: name,
    // An existing queue or topic is only among the outputs.
    queueUrl: idOf('queue') ?? outputs.get(OutputName.queueUrl(name)),
    deadLetterQueueUrl: idOf('deadLetterQueue') ?? outputs.get(OutputName.deadLetterQueueUrl(name)),
    topicArn: idOf('topic') ?? outputs.get(OutputName.topicArn(name)),
    serviceArn: idOf('service'),
    logGroup: ids.get(logGroupBesideFunction(logicalId(name, 'logGroup'))) ?? idOf('logGroup'),
    webhookUrl: outputs.get(OutputName.webhookUrl(name)),
    dashboardUrl: dashboard === undefined ? undefined : dashboardUrl(context.region, dashboard),
    idOf,
  };
}

function dashboardUrl(region: string, dashboard: string): string {
  return `https://${consoleHost(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard}`;
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function consoleHost(region: string): string {
  if (region.startsWith('cn-')) return `${region}.console.amazonaws.cn`;
  if (region.startsWith('us-gov-')) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
}

type PhysicalIds = Map<string, string>;

/**
 * What AWS calls each resource of the stack, by its logical id. Plugins that split a stack move resources into nested
 * ones, with the logical ids that they had: these are looked through if the stack itself lacks something that is wanted.
 * @param wanted logical ids; what else is in the stack itself is given, too
 */
export async function physicalIds(ref: StackRef, wanted: readonly string[] = []): Promise<PhysicalIds> {
  const found: PhysicalIds = new Map();
  let stacks = [ref.stackName];
  do {
    const listed = await Promise.all(stacks.map((stackName) => stackResources({ ...ref, stackName })));
    stacks = [];
    for (const {
      LogicalResourceId: id = '',
      PhysicalResourceId: physicalId = '',
      ResourceType,
    } of listed.flat()) {
      // A resource that is not made yet has no physical id.
      if (physicalId === '') continue;
      if (!found.has(id)) found.set(id, physicalId);
      if (ResourceType === NESTED_STACK) stacks.push(physicalId);
    }
  } while (stacks.length > 0 && wanted.some((id) => !found.has(id)));
  return found;
}

/** The resources that the stack has now. */
export async function stackResources({ client, stackName, region }: StackRef) {
  const { paginateListStackResources } = await import('../../vendor/cloudformation.mjs');
  const call = { action: 'cloudformation:ListStackResources', region };
  return explainAws(call, `stack ${stackName}`, async () => {
    const found: StackResourceSummary[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
      found.push(...(page.StackResourceSummaries ?? []));
    }
    return found.filter(({ ResourceStatus }) => !GONE.test(ResourceStatus ?? ''));
  });
}

/** Of resources that a stack lists though it has them no more. */
const GONE = /^DELETE_(COMPLETE|SKIPPED)$/;
