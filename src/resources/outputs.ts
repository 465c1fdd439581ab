import type { Configuration, Worker } from '../config/configuration';
import { logicalId, OutputName } from '../config/names';
import { clusterArn } from './cluster';
import { combine, ref, type Output } from './cloudformation';

/** Outputs under Watchbot's names. */
export function outputs(configuration: Configuration): Record<string, Output> {
  return {
    [OutputName.clusterArn]: { Description: 'ARN of the ECS cluster', Value: clusterArn(configuration) },
    ...combine(configuration.workers.map(workerOutputs)),
  };
}

function workerOutputs({ name, topic, queue }: Worker): Record<string, Output> {
  const output = (Description: string, resource: Parameters<typeof logicalId>[1]) => ({
    Description: `${Description} of worker ${name}`,
    Value: ref(logicalId(name, resource)),
  });
  return {
    [OutputName.queueUrl(name)]: output('URL of the queue', 'queue'),
    ...(queue.deadLetter
      ? { [OutputName.deadLetterQueueUrl(name)]: output('URL of the dead-letter queue', 'deadLetterQueue') }
      : {}),
    ...(topic ? { [OutputName.topicArn(name)]: output('ARN of the topic', 'topic') } : {}),
    [OutputName.logGroup(name)]: output('Name of the log group', 'logGroup'),
  };
}
