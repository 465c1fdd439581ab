import type {
  Configuration,
  Deploy,
  Handler,
  Reduce,
  ServiceContext,
  SharedInput,
  Worker,
  WorkerInput,
} from '../configuration';
import { DEFAULT_LOG_RETENTION_DAYS, DEFAULT_MOUNT, OF_NEW_VERSION, REDUCE_DEFAULTS } from '../defaults';
import { MAX_FINISH_SECONDS } from '../../contract/outcomes';
import { completeContainer } from './container';
import { completeAlarms } from './alarms';
import { completeEvents, completeRole } from './events';
import { completeImage } from './image';
import { completePrivateNetwork, completeVpc } from './network';
import { completeQueue, completeTopic, completeScaling } from './queue';
import { completeSidecars } from './sidecars';
import { completeBuild, completeNotify, completeRegistry } from './shared';
import {
  completeEnvironment,
  completeSecrets,
  completeHealthCheck,
  completeTask,
  withoutSlash,
} from './task';
import { completeVolumes } from './volumes';

/**
 * Makes every choice that the user left open. The input has passed the schema, but not the rules: these look at the
 * finished configuration.
 * @param shared without `build` only if the schema has refused the whole section
 */
export function complete(
  shared: Partial<SharedInput>,
  workers: Readonly<Record<string, WorkerInput>>,
  context: ServiceContext,
): Configuration {
  const forWorkers = {
    ...context,
    environment: shared.providerEnvironment === true ? context.environment : {},
  };
  return {
    context,
    build: completeBuild(shared.build),
    cluster: shared.cluster,
    vpc: completeVpc(shared.vpc, context),
    privateNetwork: completePrivateNetwork(shared.vpc),
    notify: completeNotify(shared.notify),
    registry: completeRegistry(shared.registry),
    extensions: shared.extensions ?? {},
    workers: Object.entries(workers).map(([name, worker]) => completeWorker(name, worker, forWorkers)),
  };
}

type WorkerContext = Pick<
  ServiceContext,
  'architecture' | 'providerImages' | 'environment' | 'environmentFiles' | 'logRetention'
>;

export function completeWorker(name: string, input: WorkerInput, context: WorkerContext): Worker {
  return {
    name,
    command: input.command,
    handler: completeHandler(input),
    image: completeImage(input, context),
    architecture: input.architecture ?? context.architecture ?? 'x86_64',
    ...completeTask(input),
    stdin: input.stdin,
    environment: completeEnvironment(input, context),
    secrets: completeSecrets(input.secrets),
    permissions: input.permissions,
    managedPolicies: input.managedPolicies,
    ...completeRoles(input),
    sender: input.sender,
    queue: completeQueue(input.queue),
    ...completeTopic(input),
    events: completeEvents(input.events),
    scaling: completeScaling(input),
    alarms: completeAlarms(input),
    dashboard: input.dashboard,
    logs: completeLogs(input.logs, context),
    mounts: [...new Set([DEFAULT_MOUNT, ...input.mounts.map(withoutSlash)])],
    writableFilesystem: input.writableFilesystem,
    container: completeContainer(input.container),
    volumes: completeVolumes(input),
    sidecars: completeSidecars(input),
    healthCheck: completeHealthCheck(input.healthCheck),
    deploy: completeDeploy(input),
    reduce: completeReduce(input.reduce),
    deletionPolicy: input.deletionPolicy,
    compatibility: input.compatibility,
    exec: input.exec,
    extensions: input.extensions,
  };
}

const completeRoles = ({ role, executionRole, schedulerRole, infrastructureRole }: WorkerInput) => ({
  role: completeRole(role),
  executionRole: completeRole(executionRole),
  schedulerRole: completeRole(schedulerRole),
  infrastructureRole: completeRole(infrastructureRole),
});

function completeHandler(worker: WorkerInput): Handler | undefined {
  const { handler, entryPoint, batchSize, batchWindow, maxInvocations, workerMemory } = worker;
  if (handler === undefined) return undefined;
  const name = handler === true ? undefined : handler;
  return { name, entryPoint, batchSize, batchWindow, maxInvocations, workerMemory };
}

const completeLogs = (
  { retention, structured }: WorkerInput['logs'],
  { logRetention }: Pick<ServiceContext, 'logRetention'>,
): Worker['logs'] => ({
  retention: retention ?? logRetention ?? DEFAULT_LOG_RETENTION_DAYS,
  structured,
});

function completeDeploy({ deploy: { alarms, finish }, maxJobDuration }: WorkerInput): Deploy {
  return {
    finish: finish ?? Math.min(maxJobDuration || MAX_FINISH_SECONDS, MAX_FINISH_SECONDS),
    isShortUnasked: finish === undefined && maxJobDuration > MAX_FINISH_SECONDS,
    alarms: alarms.filter((alarm) => alarm !== OF_NEW_VERSION),
    isByFailures: alarms.includes(OF_NEW_VERSION),
  };
}

function completeReduce(given: WorkerInput['reduce']): Reduce | undefined {
  if (given === false) return undefined;
  return { ...REDUCE_DEFAULTS, ...(given === true ? {} : given) };
}
