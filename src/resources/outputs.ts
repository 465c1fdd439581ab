import type { Configuration, TextOrIntrinsic } from '../config/configuration';
import { OutputName } from '../config/names';
import { getAtt, ref, type Output } from './cloudformation';
import { clusterArn } from './cluster';
import { deadLetterQueueUrl, queueUrl } from './queue-references';
import { topicArn } from './references';
import { scheduleRoleArn, scheduleRolePath } from './schedules';
import { idOf, type Subject } from './subject';
import { webhookUrl } from './webhook';

/** Outputs of the stack, under Watchbot's names. */
export function outputs(configuration: Configuration): Record<string, Output> {
  return {
    [OutputName.clusterArn]: { Description: 'ARN of the ECS cluster', Value: clusterArn(configuration) },
  };
}

/** Outputs of a worker: Watchbot's, and those of features that Watchbot did not have. */
export function workerOutputs(subject: Subject): Record<string, Output> {
  const { worker } = subject;
  const { webhook } = worker.events;
  const all: [name: (worker: string) => string, description: string, value: TextOrIntrinsic | undefined][] = [
    [OutputName.queueUrl, 'URL of the queue', queueUrl(subject)],
    [OutputName.deadLetterQueueUrl, 'URL of the dead-letter queue', deadLetterQueueUrl(subject)],
    [OutputName.topicArn, 'ARN of the topic', topicArn(subject)],
    // Watchbot's tools take region and name from the ARN.
    [OutputName.logGroup, 'ARN of the log group', getAtt(idOf(subject, 'logGroup'), 'Arn')],
    [OutputName.webhookUrl, 'Address of the webhook', webhook && webhookUrl(subject, webhook)],
    [
      OutputName.webhookApiKeyId,
      "Id of the webhook's API key",
      webhook?.authorization === 'apiKey' ? ref(idOf(subject, 'webhookApiKey')) : undefined,
    ],
    [
      OutputName.senderSecretArn,
      "ARN of the secret with the sender's access key",
      worker.sender ? ref(idOf(subject, 'senderSecret')) : undefined,
    ],
    [
      OutputName.progressTable,
      'ARN of the progress table',
      worker.reduce && getAtt(idOf(subject, 'progressTable'), 'Arn'),
    ],
    [OutputName.scheduleRoleArn, 'ARN of the role of the schedules', unknownScheduleRole(subject)],
  ];
  const outputsOf = all.flatMap(([name, description, Value]): [string, Output][] =>
    Value === undefined
      ? []
      : [[name(worker.name), { Description: `${description} of worker ${worker.name}`, Value }]],
  );
  return Object.fromEntries(outputsOf);
}

/** For `send --delay`, unless the ARN is written out, or can be made of the role's name and its path. */
function unknownScheduleRole(subject: Subject): TextOrIntrinsic | undefined {
  const { events, schedulerRole } = subject.worker;
  if (schedulerRole === undefined && events.schedule.length === 0) return undefined;
  return typeof (schedulerRole ?? scheduleRolePath(subject)) === 'string'
    ? undefined
    : scheduleRoleArn(subject);
}
