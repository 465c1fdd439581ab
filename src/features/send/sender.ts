import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Configuration, Worker } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import { isFinal, type FailedEntry } from '../stack/calls';
import type { Target } from '../stack/target';
import { deployedWorkers, type WorkerAddress } from '../stack/workers';
import { attributeValues, channelTo, type Channel, type OutgoingMessage } from './message';

/** Finds the queue and the topic of a worker, and sends to one of them: a message, or a batch of them. */

export interface SendClients {
  sqs: SQSClient;
  sns: SNSClient;
}

/** Sends to the worker's topic, or to its queue if it has no topic. The message has been checked. */
export type Send = (message: OutgoingMessage) => Promise<SentMessage>;

export interface SentMessage {
  /** The topic's id of the message if there is a topic, else the queue's. */
  messageId: string;
  to: Channel['to'];
}

/**
 * Looks the worker's queue up once, and gives what sends to it.
 * @throws {UserError} `WATCHBOT_NOT_DEPLOYED` if there is no such queue
 */
export async function createSend(clients: SendClients, address: WorkerAddress): Promise<Send> {
  const destination = await findDestination(clients.sqs, address);
  const { to } = channelTo(address, false);
  return (message) => sendOne(clients, destination, message, to);
}

/** A worker's queue and topic, as they were found. */
export interface Destination {
  queueUrl: string;
  queueArn: string;
  /** Undefined: there is no topic in front of the queue. */
  topicArn: string | undefined;
  /** After so many receives a message goes to the dead-letter queue; undefined if there is none. */
  maxReceives: number | undefined;
}

/** What `findDestination` asks of AWS. */
const FIND_ACTIONS = 'sqs:GetQueueUrl and sqs:GetQueueAttributes';

/** A worker, and where the template says that messages for it go. */
interface Addressee {
  worker: Worker;
  address: WorkerAddress;
}

/**
 * Where messages for a worker go. A name that a function of CloudFormation gives is the stack's to tell.
 * @throws {UserError} `WATCHBOT_NOT_DEPLOYED` if there is no such queue
 */
export async function openDestination(
  { target, configuration }: { target: Target; configuration: Configuration },
  { worker, address }: Addressee,
): Promise<Destination> {
  const isInStack = address.isNamedByStack && !target.isLocal;
  const [deployed] = isInStack ? await deployedWorkers(target, configuration, [worker]) : [];
  const lookUp = { action: FIND_ACTIONS, place: `queue of ${worker.name}` };
  return target.explain(lookUp, async () => {
    const sqs = await target.clients.sqs();
    if (deployed === undefined) return findDestination(sqs, address);
    const { queueUrl, topicArn } = deployed;
    return { ...(await queueAt(sqs, queueUrl)), topicArn };
  });
}

/** @throws {UserError} `WATCHBOT_NOT_DEPLOYED` if there is no such queue */
async function findDestination(sqs: SQSClient, address: WorkerAddress): Promise<Destination> {
  const { queueName, queueOwnerId, topicName } = address;
  const { GetQueueUrlCommand } = await import('../../vendor/sqs.mjs');
  try {
    const { QueueUrl = '' } = await sqs.send(
      new GetQueueUrlCommand({ QueueName: queueName, QueueOwnerAWSAccountId: queueOwnerId }),
    );
    const queue = await queueAt(sqs, QueueUrl);
    return { ...queue, topicArn: topicName === undefined ? undefined : topicOf(queue.queueArn, topicName) };
  } catch (error) {
    if ((error as Error).name !== 'QueueDoesNotExist') throw error;
    throw notDeployed(address, error);
  }
}

async function queueAt(sqs: SQSClient, queueUrl: string): Promise<Omit<Destination, 'topicArn'>> {
  const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn', 'RedrivePolicy'] }),
  );
  const { QueueArn = '', RedrivePolicy } = Attributes ?? {};
  return { queueUrl, queueArn: QueueArn, maxReceives: maxReceivesOf(RedrivePolicy) };
}

function maxReceivesOf(redrivePolicy = '{}'): number | undefined {
  const { maxReceiveCount } = JSON.parse(redrivePolicy) as { maxReceiveCount?: number | string };
  return maxReceiveCount === undefined ? undefined : Number(maxReceiveCount);
}

/** The topic is in the same partition, region and account as the queue. */
function topicOf(queueArn: string, topicName: string): string {
  const [arn, partition, , region, account] = queueArn.split(':');
  return [arn, partition, 'sns', region, account, topicName].join(':');
}

function notDeployed({ worker, queueName }: WorkerAddress, cause: unknown): UserError {
  return UserError.of(
    {
      code: 'WATCHBOT_NOT_DEPLOYED',
      place: `worker ${worker}`,
      given: `no queue ${queueName}`,
      allowed: 'a deployed stage, in the right region and account',
      advice:
        'check --stage, --region and --aws-profile; with --local, whether `sls watchbot local` of this service has started',
    },
    cause,
  );
}

/** Sends one message, which has been checked. */
export async function sendOne(
  { sqs, sns }: SendClients,
  { queueUrl, topicArn }: Pick<Destination, 'queueUrl' | 'topicArn'>,
  message: OutgoingMessage,
  to: Channel['to'],
): Promise<SentMessage> {
  if (to === 'queue') {
    const { SendMessageCommand } = await import('../../vendor/sqs.mjs');
    const { MessageId = '' } = await sqs.send(
      new SendMessageCommand({ QueueUrl: queueUrl, ...forQueue(message) }),
    );
    return { messageId: MessageId, to };
  }
  const { PublishCommand } = await import('../../vendor/sns.mjs');
  const { MessageId = '' } = await sns.send(new PublishCommand({ TopicArn: topicArn, ...forTopic(message) }));
  return { messageId: MessageId, to };
}

const forQueue = (message: OutgoingMessage) => ({
  MessageBody: message.body,
  DelaySeconds: message.delaySeconds,
  ...forBoth(message),
});

const forTopic = (message: OutgoingMessage) => ({
  Message: message.body,
  Subject: message.subject,
  ...forBoth(message),
});

const forBoth = ({ groupId, deduplicationId, attributes }: OutgoingMessage) => ({
  MessageGroupId: groupId,
  MessageDeduplicationId: deduplicationId,
  MessageAttributes: attributeValues(attributes),
});

/** A message of a batch that was not taken. */
export interface RefusedEntry {
  /** In the batch. */
  index: number;
  code: string;
  reason: string;
  /** No other try will help. */
  isFinal: boolean;
}

/** Sends up to ten messages in one call; gives those that were not taken, and throws if the call itself failed. */
export type SendBatch = (messages: readonly OutgoingMessage[]) => Promise<RefusedEntry[]>;

export function createSendBatch(
  { sqs, sns }: SendClients,
  { queueUrl, topicArn }: Destination,
  to: Channel['to'],
): SendBatch {
  if (to === 'queue') {
    return async (messages) => {
      const { SendMessageBatchCommand } = await import('../../vendor/sqs.mjs');
      const Entries = messages.map((message, index) => ({ Id: String(index), ...forQueue(message) }));
      const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return refused(Failed);
    };
  }
  return async (messages) => {
    const { PublishBatchCommand } = await import('../../vendor/sns.mjs');
    const entries = messages.map((message, index) => ({ Id: String(index), ...forTopic(message) }));
    const { Failed } = await sns.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries }),
    );
    return refused(Failed);
  };
}

function refused(failed: readonly FailedEntry[] = []): RefusedEntry[] {
  return failed.map((entry) => ({
    index: Number(entry.Id),
    code: entry.Code ?? 'unknown',
    reason: entry.Message ?? '',
    isFinal: isFinal(entry),
  }));
}
