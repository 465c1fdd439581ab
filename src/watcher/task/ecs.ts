import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import { AwsJsonClient, type Destination } from '../../aws-json/client';
import { parseObject } from '../../shared/json';
import type { Clock } from '../../shared/clock';
import { createSdkClient } from '../queue/sqs-client';

/** What ECS says about the service of this task. */
export interface ServiceView {
  /** The deployment that this task belongs to: `ecs-svc/…`. */
  own: string;
  newest: Deployment;
  /** Counts tasks of all deployments, as `pending` does. */
  running: number;
  pending: number;
}

export interface Deployment {
  id: string;
  /** Milliseconds since 1970. */
  startedAtMs: number;
  desired: number;
  running: number;
  /** Tasks in a row that did not start or were not healthy. ECS stops counting once one has started well. */
  failed: number;
  /** ECS starts no more tasks of it. */
  hasFailed: boolean;
}

/**
 * Asks ECS about the task's service. Undefined if the task belongs to no service.
 * @throws {AwsError} if ECS refuses, mostly because a permission is missing
 * @throws {Error} if it does not answer
 */
export type LookAtService = () => Promise<ServiceView | undefined>;

/** Requests to ECS and answers, as they pass over the network. */
interface EcsActions {
  DescribeTasks: {
    input: { cluster: string; tasks: string[] };
    output: { tasks?: TaskAnswer[]; failures?: Failure[] };
  };
  DescribeServices: {
    input: { cluster: string; services: string[] };
    output: { services?: ServiceAnswer[]; failures?: Failure[] };
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Failure.html */
interface Failure {
  reason?: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
interface TaskAnswer {
  /** `service:NAME`; `family:NAME` for a task that belongs to no service. */
  group?: string;
  /** The id of the deployment, for a task of a service. */
  startedBy?: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
interface ServiceAnswer {
  runningCount?: number;
  pendingCount?: number;
  deployments?: DeploymentAnswer[];
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html */
interface DeploymentAnswer {
  id?: string;
  /** `PRIMARY` is the newest. */
  status?: string;
  desiredCount?: number;
  runningCount?: number;
  failedTasks?: number;
  rolloutState?: string;
  /** Seconds since 1970. */
  createdAt?: number;
}

export type CallEcs = <Name extends keyof EcsActions>(
  name: Name,
  input: EcsActions[Name]['input'],
) => Promise<EcsActions[Name]['output']>;

export interface OwnTask {
  cluster: string;
  arn: string;
}

/** @param findTask asks the metadata endpoint which task this is */
export function createLookAtService(call: CallEcs, findTask: () => Promise<OwnTask>): LookAtService {
  let found: Promise<Membership | undefined> | undefined;
  return async () => {
    found ??= findMembership(call, findTask);
    const membership = await found.catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return membership === undefined ? undefined : look(call, membership);
  };
}

interface Membership {
  cluster: string;
  service: string;
  deployment: string;
}

const OF_SERVICE = /^service:(.+)$/;

async function findMembership(
  call: CallEcs,
  findTask: () => Promise<OwnTask>,
): Promise<Membership | undefined> {
  const { cluster, arn } = await findTask();
  const { tasks = [], failures } = await call('DescribeTasks', { cluster, tasks: [arn] });
  const { group = '', startedBy: deployment } = tasks[0] ?? {};
  const service = OF_SERVICE.exec(group)?.[1];
  if (tasks.length === 0) throw new Error(`ECS does not know the task ${arn}${whyNot(failures)}`);
  if (service === undefined) return undefined;
  if (deployment === undefined) throw new Error(`ECS tells of no deployment of the task ${arn}`);
  return { cluster, service, deployment };
}

const whyNot = (failures: readonly Failure[] = []) =>
  failures.map(({ reason = '' }) => `: ${reason}`).join('');

async function look(call: CallEcs, { cluster, service, deployment }: Membership): Promise<ServiceView> {
  const { services = [], failures } = await call('DescribeServices', { cluster, services: [service] });
  const { deployments = [], runningCount: running = 0, pendingCount: pending = 0 } = services[0] ?? {};
  const newest = deployments.find(({ status }) => status === 'PRIMARY');
  if (newest === undefined)
    throw new Error(`ECS tells of no deployment of the service ${service}${whyNot(failures)}`);
  return { own: deployment, newest: deploymentOf(newest), running, pending };
}

const deploymentOf = ({
  id = '',
  createdAt = 0,
  desiredCount: desired = 0,
  runningCount: running = 0,
  failedTasks: failed = 0,
  rolloutState,
}: DeploymentAnswer): Deployment => ({
  id,
  startedAtMs: createdAt * 1000,
  desired,
  running,
  failed,
  hasFailed: rolloutState === 'FAILED',
});

/** The endpoint is on the same machine. */
const METADATA_TIMEOUT_MS = 2_000;
/** Only a job whose protection was refused waits for it. */
const ANSWER_TIMEOUT_MS = 5_000;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html */
export async function findTask(metadataUri: string): Promise<OwnTask> {
  const answer = await fetch(`${metadataUri}/task`, { signal: AbortSignal.timeout(METADATA_TIMEOUT_MS) });
  // Before the agent knows them, it answers what is no JSON.
  const { Cluster, TaskARN } = parseObject(await answer.text()) ?? {};
  if (typeof Cluster !== 'string' || typeof TaskARN !== 'string')
    throw new Error(`the task's metadata answer ${answer.status} without Cluster and TaskARN`);
  return { cluster: Cluster, arn: TaskARN };
}

/** @param environment has the address of ECS's metadata endpoint; outside ECS it has none */
export function lookAtServiceByEcs(
  environment: Readonly<Record<string, string | undefined>>,
  clocks: { clock: Clock; timeOfDay: Pick<Clock, 'now'> },
): LookAtService | undefined {
  const metadataUri = environment.ECS_CONTAINER_METADATA_URI_V4;
  if (metadataUri === undefined) return undefined;
  const client = new AwsJsonClient({
    ...clocks,
    target: 'AmazonEC2ContainerServiceV20141113',
    contentType: 'application/x-amz-json-1.1',
    findDestination: () => findEcs({}, environment),
    environment,
  });
  const call: CallEcs = (name, input) => client.call(name, input, { answerTimeoutMs: ANSWER_TIMEOUT_MS });
  return createLookAtService(call, () => findTask(metadataUri));
}

/**
 * Finds ECS by SQS's client: the watcher makes only two calls to ECS, whose own client is larger than the watcher. The
 * endpoints differ in the service's name: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
 * @throws if there is no region
 */
export async function findEcs(
  config: SQSClientConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Destination> {
  const client = createSdkClient(config);
  const signingRegion = await client.config.region();
  const { url } = client.config.endpointProvider({
    Region: signingRegion,
    UseFIPS: await client.config.useFipsEndpoint(),
    UseDualStack: await client.config.useDualstackEndpoint(),
  });
  const given = environment.AWS_ENDPOINT_URL_ECS || environment.AWS_ENDPOINT_URL;
  const scheme = { name: 'sigv4', signingName: 'ecs', signingRegion, properties: {} };
  return {
    endpoint: new URL(given || url.href.replace('//sqs', '//ecs')),
    signer: await client.config.signer(scheme),
  };
}

/** The answer of ECS's metadata endpoint, as far as it is needed. */
interface ContainerMetadata {
  LogOptions?: { 'awslogs-stream'?: unknown };
}

/** The endpoint is on the same machine. */
const TIMEOUT_MS = 2_000;

/**
 * Finds the name of this container's log stream. Never rejects.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
 * @param metadataUri `ECS_CONTAINER_METADATA_URI_V4`; absent outside ECS
 * @param otherwise some runtimes do not start without a name
 */
export async function findLogStream(metadataUri: string | undefined, otherwise: string): Promise<string> {
  if (metadataUri === undefined) return otherwise;
  try {
    const answer = await fetch(metadataUri, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { LogOptions } = (await answer.json()) as ContainerMetadata;
    const stream = LogOptions?.['awslogs-stream'];
    return typeof stream === 'string' ? stream : otherwise;
  } catch {
    return otherwise;
  }
}
