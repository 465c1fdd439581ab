import type { Configuration, Worker } from '../../config/configuration';
import { logicalId, type WorkerResource } from '../../config/logical-ids';
import { dashboardName, OutputName } from '../../config/names';
import { explainAws } from '../../errors/aws-error';
import { findStack, type StackPlace } from './stack-state';

/** What there is of a worker in AWS. What it does not have is left out. */
export interface WorkerOverview {
  worker: string;
  queueUrl?: string | undefined;
  deadLetterQueueUrl?: string | undefined;
  topicArn?: string | undefined;
  serviceArn?: string | undefined;
  logGroup?: string | undefined;
  webhookUrl?: string | undefined;
  dashboardUrl?: string | undefined;
}

/** Undefined where there is no stack. */
export async function stackOverview(
  place: StackPlace,
  configuration: Configuration,
): Promise<WorkerOverview[] | undefined> {
  const stack = await findStack(place);
  if (stack === undefined) return undefined;
  const outputs = new Map(stack.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  const ids = await physicalIds(place);
  return configuration.workers.map((worker) => overviewOf(worker, configuration, { outputs, ids }));
}

interface Found {
  outputs: ReadonlyMap<string | undefined, string | undefined>;
  ids: ReadonlyMap<string | undefined, string | undefined>;
}

function overviewOf({ name }: Worker, { context }: Configuration, { outputs, ids }: Found): WorkerOverview {
  const idOf = (resource: WorkerResource) => ids.get(logicalId(name, resource));
  return {
    worker: name,
    // An existing queue is only among the outputs.
    queueUrl: idOf('queue') ?? outputs.get(OutputName.queueUrl(name)),
    deadLetterQueueUrl: idOf('deadLetterQueue') ?? outputs.get(OutputName.deadLetterQueueUrl(name)),
    topicArn: idOf('topic'),
    serviceArn: idOf('service'),
    logGroup: idOf('logGroup'),
    webhookUrl: outputs.get(OutputName.webhookUrl(name)),
    dashboardUrl:
      idOf('dashboard') === undefined
        ? undefined
        : dashboardUrl(context.region, dashboardName(context, name)),
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

/** What AWS calls each resource of the stack, by its logical id. */
export async function physicalIds({ client, stackName, region }: StackPlace) {
  const { paginateListStackResources } = await import('../../vendor/cloudformation.mjs');
  const call = { action: 'cloudformation:ListStackResources', region };
  return explainAws(call, `stack ${stackName}`, async () => {
    const ids = new Map<string | undefined, string | undefined>();
    for await (const page of paginateListStackResources({ client }, { StackName: stackName })) {
      for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
        ids.set(LogicalResourceId, PhysicalResourceId);
      }
    }
    return ids;
  });
}
