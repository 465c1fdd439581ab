import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Configuration, Worker } from '../../config/configuration';
import { UserError } from '../../errors/user-error';
import { workerAddress } from './addresses';
import type { Explain } from './explain';
import { stackOverview, type WorkerOverview } from './stack-overview';

/** Where to look: in AWS, or at `sls watchbot local`. */
export interface Place {
  isLocal: boolean;
  /** For people. */
  text: string;
  clients: { sqs(): Promise<SQSClient>; cloudFormation(): Promise<CloudFormationClient> };
  explain: Explain;
}

/** What there is of a worker. At `sls watchbot local` that is its queues. */
export interface DeployedWorker extends WorkerOverview {
  queueUrl: string;
}

/**
 * What is deployed of each worker, in their order: in AWS by the stack, locally by the names of the template.
 * @throws {UserError} `WATCHBOT_NOT_DEPLOYED` where the stack, or the queue of one of them, is not there
 */
export async function deployedWorkers(
  place: Place,
  configuration: Configuration,
  workers: readonly Worker[],
): Promise<DeployedWorker[]> {
  const found = place.isLocal
    ? await Promise.all(workers.map((worker) => localQueue(place, configuration, worker)))
    : await inStack(place, configuration);
  return Promise.all(
    workers.map(async ({ name }) => {
      const overview = found.find(({ worker }) => worker === name);
      const queueUrl = overview?.queueUrl;
      if (overview === undefined || queueUrl === undefined) {
        throw notDeployed(configuration, `no queue of worker ${name}`);
      }
      const { deadLetterQueueUrl = await redriveTarget(place, queueUrl) } = overview;
      return { ...overview, queueUrl, deadLetterQueueUrl };
    }),
  );
}

async function inStack({ clients }: Place, configuration: Configuration): Promise<WorkerOverview[]> {
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

async function localQueue(
  place: Place,
  configuration: Configuration,
  { name, ...worker }: Worker,
): Promise<WorkerOverview> {
  const { queueName } = workerAddress(configuration, { name, ...worker });
  const queueUrl = await findUrl(place, { QueueName: queueName });
  if (queueUrl !== undefined) return { worker: name, queueUrl };
  throw UserError.of({
    code: 'WATCHBOT_NOT_DEPLOYED',
    place: place.text,
    given: `no queue ${queueName}`,
    allowed: '`sls watchbot local` of this service, stage and region, with this worker',
    advice: 'start it from this folder, or give its port with --port',
  });
}

/** The queue to which SQS moves what was received too often, as the queue itself says. */
async function redriveTarget(place: Place, queueUrl: string): Promise<string | undefined> {
  const { GetQueueAttributesCommand } = await import('../../vendor/sqs.mjs');
  const sqs = await place.clients.sqs();
  const call = { action: 'sqs:GetQueueAttributes', place: `queue ${queueNameIn(queueUrl)}` };
  const { Attributes = {} } = await place.explain(call, () =>
    sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] })),
  );
  if (Attributes.RedrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn = '' } = JSON.parse(Attributes.RedrivePolicy) as {
    deadLetterTargetArn?: string;
  };
  const [account, name] = deadLetterTargetArn.split(':').slice(-2);
  return findUrl(place, { QueueName: name, QueueOwnerAWSAccountId: account });
}

/** Undefined where there is no such queue. */
async function findUrl(
  { clients, explain }: Place,
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

/** A queue's URL ends with its name. */
export const queueNameIn = (queueUrl: string): string => queueUrl.split('/').at(-1) ?? queueUrl;
