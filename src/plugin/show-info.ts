import { stackOverview, type WorkerOverview } from '../features/stack/stack';
import type { HookContext, Serverless } from './framework';

/** Adds a section for each worker to what the framework shows of a deployed service. */
export async function showInfo({ serverless, clients, configuration }: HookContext): Promise<void> {
  const { stackName, region } = configuration.context;
  const client = await clients.cloudFormation();
  const workers = await stackOverview({ client, stackName, region }, configuration);
  workers?.forEach((overview) => {
    const lines = linesOf(overview);
    if (lines.length > 0) showSection(serverless, `worker ${overview.worker}`, lines);
  });
}

/**
 * The framework throws if a section is there already, as it is at the second `info` of a process: other plugins run one
 * behind a deploy.
 */
function showSection(serverless: Serverless, name: string, lines: readonly string[]): void {
  serverless.servicePluginOutputs?.delete(name);
  serverless.addServiceOutputSection(name, lines);
}

/** In the order in which a message passes them. */
const LABELS: readonly (readonly [Exclude<keyof WorkerOverview, 'idOf'>, string])[] = [
  ['topicArn', 'topic'],
  ['webhookUrl', 'webhook'],
  ['queueUrl', 'queue'],
  ['deadLetterQueueUrl', 'dead letters'],
  ['serviceArn', 'service'],
  ['logGroup', 'log group'],
  ['dashboardUrl', 'dashboard'],
];

function linesOf(overview: WorkerOverview): string[] {
  return LABELS.flatMap(([key, label]) => {
    const value = overview[key];
    return value === undefined ? [] : [`${label}: ${value}`];
  });
}
