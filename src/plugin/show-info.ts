import type { WorkerOverview } from '../features/stack/stack';
import type { HookContext } from './framework';

/** Adds a section for each worker to what the framework shows of a deployed service. */
export async function showInfo({ serverless, clients, configuration }: HookContext): Promise<void> {
  const { stackOverview } = await import('../features/stack/stack.js');
  const { stackName, region } = configuration.context;
  const client = await clients.cloudFormation();
  const workers = await stackOverview({ client, stackName, region }, configuration);
  workers?.forEach((overview) => {
    const lines = linesOf(overview);
    if (lines.length > 0) serverless.addServiceOutputSection(`worker ${overview.worker}`, lines);
  });
}

/** In the order in which a message passes them. */
const LABELS: readonly (readonly [keyof WorkerOverview, string])[] = [
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
