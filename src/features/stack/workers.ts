import type { Configuration, Worker } from '../../config/configuration';
import { logicalId } from '../../config/logical-ids';
import { existingByArn, queueName, topicName } from '../../config/names';
import { didYouMean } from '../../config/suggest';
import { UserError } from '../../errors/user-error';
import { KIB, MIB } from '../../shared/sizes';
import { queueNameIn } from './queues';
import { stackOverview, templateResources, type WorkerOverview } from './stack';
import type { Target } from './target';

/**
 * The worker that a command is about.
 * @throws {UserError} `WATCHBOT_UNKNOWN_WORKER` if the name is unknown, or none is given and there are several
 */
export function chooseWorker({ workers }: Configuration, name: string | undefined): Worker {
  const [only, ...others] = workers;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  const found = workers.find((worker) => worker.name === name);
  if (found !== undefined) return found;
  const names = workers.map((worker) => worker.name);
  throw UserError.of({
    code: 'WATCHBOT_UNKNOWN_WORKER',
    place: '--worker',
    given: name ?? 'nothing, and the service has several workers',
    allowed: names.join(', '),
    advice: (name === undefined ? undefined : didYouMean(name, names)) ?? 'name one of them',
  });
}

/** Where messages for a worker go, by name. */
export interface WorkerAddress {
  worker: string;
  /** What the plugin would call it, if only the stack knows its name. */
  queueName: string;
  /** A function of CloudFormation gives a name, or an existing queue: only the stack knows what came of it. */
  isNamedByStack: boolean;
  /** Of a queue that may be another account's. */
  queueOwnerId: string | undefined;
  /** Undefined: there is no topic in front of the queue. */
  topicName: string | undefined;
  isFifo: boolean;
  /** The largest message, attributes included. All messages of a batch together may not have more either. */
  maxQueueBytes: number;
  maxTopicBytes: number;
}

/**
 * The limit of a queue since August 2025, and of a topic, whose limit an attribute of the same name can raise.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * https://aws.amazon.com/about-aws/whats-new/2026/09/amazon-sns-1mib-support/
 */
const DEFAULT_MAX_BYTES = { queue: MIB, topic: 256 * KIB } as const;

/** The names that the template gives, with the user's extensions. */
export function workerAddress(configuration: Configuration, worker: Worker): WorkerAddress {
  if (worker.queue.arn !== undefined) return existingAddress(configuration, worker);
  const resources = templateResources(configuration);
  const propertyOf = (resource: 'queue' | 'topic', property: string) =>
    resources[logicalId(worker.name, resource)]?.Properties?.[property];
  const queue = textIn(propertyOf('queue', 'QueueName'));
  const topic = textIn(propertyOf('topic', 'TopicName'));
  const { fifo } = worker.queue;
  const hasTopic = worker.topic !== false;
  const topicOf = () => topic ?? topicName(configuration.context, worker.name, fifo);
  return {
    worker: worker.name,
    queueName: queue ?? queueName(configuration.context, worker.name, fifo),
    isNamedByStack: queue === undefined || (hasTopic && topic === undefined),
    queueOwnerId: undefined,
    topicName: hasTopic ? topicOf() : undefined,
    isFifo: fifo,
    maxQueueBytes: bytesIn(propertyOf('queue', 'MaximumMessageSize')) ?? DEFAULT_MAX_BYTES.queue,
    maxTopicBytes: bytesIn(propertyOf('topic', 'MaximumMessageSize')) ?? DEFAULT_MAX_BYTES.topic,
  };
}

/** Undefined for a function of CloudFormation. */
const textIn = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Undefined for a function of CloudFormation: AWS says what is too large then. */
function bytesIn(value: unknown): number | undefined {
  const bytes = typeof value === 'object' || value === undefined ? NaN : Number(value);
  return Number.isNaN(bytes) ? undefined : bytes;
}

/** `local` calls its stand-ins by the names that the plugin would have given what a function gives. */
function existingAddress({ context }: Configuration, worker: Worker): WorkerAddress {
  const { name, topic } = worker;
  const { arn, fifo } = worker.queue;
  const existing = existingByArn(arn);
  const existingTopic = existingByArn(topic);
  const hasTopic = topic !== false;
  return {
    worker: name,
    queueName: existing?.name ?? queueName(context, name, fifo),
    // Whoever sends takes the topic for one of the queue's account.
    isNamedByStack: existing === undefined || (hasTopic && existingTopic?.accountId !== existing.accountId),
    queueOwnerId: existing?.accountId,
    topicName: hasTopic ? (existingTopic?.name ?? topicName(context, name, fifo)) : undefined,
    isFifo: fifo,
    maxQueueBytes: DEFAULT_MAX_BYTES.queue,
    maxTopicBytes: DEFAULT_MAX_BYTES.topic,
  };
}

/** What is deployed of a worker. At `sls watchbot local` that is its queues. */
export interface DeployedWorker extends WorkerOverview {
  queueUrl: string;
}

/**
 * What is deployed of each worker, in their order: in AWS by the stack, locally by the names of the template.
 * @throws {UserError} `WATCHBOT_NOT_DEPLOYED` if the stack, or the queue of one of them, does not exist
 */
export async function deployedWorkers(
  target: Target,
  configuration: Configuration,
  workers: readonly Worker[],
): Promise<DeployedWorker[]> {
  const found = target.isLocal
    ? await Promise.all(workers.map((worker) => localWorker(target, configuration, worker)))
    : await workersInStack(target, configuration);
  return Promise.all(
    workers.map(async ({ name }) => {
      const overview = found.find(({ worker }) => worker === name);
      const queueUrl = overview?.queueUrl;
      if (overview === undefined || queueUrl === undefined) {
        throw notDeployed(configuration, `no queue of worker ${name}`);
      }
      const { deadLetterQueueUrl = await redriveTarget(target, queueUrl) } = overview;
      return { ...overview, queueUrl, deadLetterQueueUrl };
    }),
  );
}

async function workersInStack({ clients }: Target, configuration: Configuration): Promise<WorkerOverview[]> {
  const { stackName, region } = configuration.context;
  const client = await clients.cloudFormation();
  const overview = await stackOverview({ client, stackName, region }, configuration);
  if (overview === undefined) throw notDeployed(configuration, `no stack ${stackName}`);
  return overview;
}

function notDeployed({ context: { stage, region } }: Configuration, given: string): UserError {
  return UserError.of({
    code: 'WATCHBOT_NOT_DEPLOYED',
    place: `stage ${stage} in ${region}`,
    given,
    allowed: 'a deployed stage, in the right region and account',
    advice: 'check --stage, --region and --aws-profile, or deploy it with `sls deploy`',
  });
}

async function localWorker(
  target: Target,
  configuration: Configuration,
  worker: Worker,
): Promise<WorkerOverview> {
  const { queueName: QueueName } = workerAddress(configuration, worker);
  const queueUrl = await findUrl(target, { QueueName });
  if (queueUrl !== undefined) return { worker: worker.name, queueUrl };
  throw UserError.of({
    code: 'WATCHBOT_NOT_DEPLOYED',
    place: target.text,
    given: `no queue ${QueueName}`,
    allowed: '`sls watchbot local` of this service, stage and region, with this worker',
    advice: 'start it from this folder, or give its port with --port',
  });
}

/** The queue to which SQS moves what was received too often, as the queue itself says. */
async function redriveTarget(target: Target, queueUrl: string): Promise<string | undefined> {
  const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
  const sqs = await target.clients.sqs();
  const call = { action: 'sqs:GetQueueAttributes', place: `queue ${queueNameIn(queueUrl)}` };
  const { Attributes = {} } = await target.explain(call, () =>
    sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] })),
  );
  if (Attributes.RedrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn = '' } = JSON.parse(Attributes.RedrivePolicy) as {
    deadLetterTargetArn?: string;
  };
  const [account, name] = deadLetterTargetArn.split(':').slice(-2);
  return findUrl(target, { QueueName: name, QueueOwnerAWSAccountId: account });
}

/** Undefined if there is no such queue. */
async function findUrl(
  { clients, explain }: Target,
  input: { QueueName: string | undefined; QueueOwnerAWSAccountId?: string | undefined },
): Promise<string | undefined> {
  const { GetQueueUrlCommand } = await import('../../vendor/sqs.mjs');
  const sqs = await clients.sqs();
  const call = { action: 'sqs:GetQueueUrl', place: `queue ${input.QueueName ?? ''}` };
  return explain(call, async () => {
    try {
      return (await sqs.send(new GetQueueUrlCommand(input))).QueueUrl;
    } catch (error) {
      if ((error as Error).name !== 'QueueDoesNotExist') throw error;
      return undefined;
    }
  });
}
