import { factsOf } from '../config/capacity';
import type { Configuration, Handler, TextOrIntrinsic, Worker } from '../config/configuration';
import type { Container } from '../config/container';
import { CONTAINER_NAME, functionName } from '../config/names';
import {
  cpuOfSidecars,
  cpuOfWatcher,
  jobMemory,
  memoryOfSidecars,
  memoryOfWatcher,
} from '../config/sidecars';
import {
  ContainerVariable,
  nameInContainer,
  RuntimeVariable,
  WORKER_LIMITS,
  WORKER_ONLY_VARIABLES,
} from '../contract/environment';
import {
  ARGUMENTS_MARKER,
  ENTRY_POINT,
  HANDLE_COMMAND,
  HEALTH_SOCKET,
  LISTEN_COMMAND,
  RUNTIME_COMMAND,
} from '../contract/image';
import { getAtt, ref } from './cloudformation';
import { watcherLog } from './container-log';
import { secretValueFrom } from './derived';
import { healthCheck } from './health-check';
import { countsReceives, queueArn, queueNameOf, queueUrl } from './queue-references';
import { topicArn } from './references';
import type { ContainerProperties } from './resource-types';
import { sidecarVariables, watcherDependsOn, watcherLinks } from './sidecars';
import { idOf, type ConfiguredWorker, type Subject } from './subject';
import { emptiedFolders, mountPoints } from './volumes';

/** The container in which the watcher runs. */
export function watcherContainer(subject: Subject, version: string | undefined): ContainerProperties {
  const { configuration, worker } = subject;
  return {
    Name: CONTAINER_NAME,
    Image: subject.imageUri,
    RepositoryCredentials: repositoryCredentials(configuration),
    Essential: true,
    EntryPoint: [...ENTRY_POINT],
    Command: containerCommand(worker),
    Environment: environment(subject, version),
    EnvironmentFiles: environmentFiles(worker),
    Secrets: secrets(subject),
    ...containerSize(worker),
    MemoryReservation: worker.softMemory,
    StopTimeout: worker.stopTimeout,
    ReadonlyRootFilesystem: !worker.writableFilesystem,
    Privileged: worker.privileged ? true : undefined,
    HealthCheck: healthCheck(worker.healthCheck),
    MountPoints: mountPoints(worker),
    Ulimits: ulimits(worker),
    ...givenByUser(worker),
    LinuxParameters: linuxParameters(worker),
    DependsOn: watcherDependsOn(subject),
    Links: watcherLinks(subject),
    LogConfiguration: watcherLog(subject),
  };
}

function givenByUser({ container }: Worker): Partial<ContainerProperties> {
  const { labels, user, workingDirectory, hosts } = container;
  const names = Object.keys(hosts).sort();
  return {
    DockerLabels: Object.keys(labels).length === 0 ? undefined : labels,
    User: user,
    WorkingDirectory: workingDirectory,
    ExtraHosts:
      names.length === 0 ? undefined : names.map((Hostname) => ({ Hostname, IpAddress: hosts[Hostname] })),
  };
}

/** Open files, as in Watchbot: a watcher has several pipes for each worker. */
const OPEN_FILES = 10_240;

/** The watcher has at least as many open files as it needs, and no limit that would end it. */
function ulimits({ container }: Worker): ContainerProperties['Ulimits'] {
  const { soft, hard } = openFiles(container.ulimits);
  const others = Object.entries(container.ulimits).filter(([name]) => !Object.hasOwn(WORKER_LIMITS, name));
  return [['nofile', { soft, hard }] as const, ...others].map(([Name, limit]) => ({
    Name,
    SoftLimit: limit.soft,
    HardLimit: limit.hard,
  }));
}

const openFiles = ({ nofile }: Container['ulimits']) => ({
  soft: Math.max(OPEN_FILES, nofile?.soft ?? 0),
  hard: Math.max(OPEN_FILES, nofile?.hard ?? 0),
});

/** Those that the watcher puts on its workers. */
function workerLimits({ ulimits: given }: Container): string {
  const container = openFiles(given);
  return Object.entries(given)
    .filter(([name, { soft, hard }]) =>
      name === 'nofile' ? soft < container.soft || hard < container.hard : Object.hasOwn(WORKER_LIMITS, name),
    )
    .map(([name, { soft, hard }]) => `${name}=${soft}:${hard}`)
    .sort()
    .join(',');
}

function linuxParameters({ container }: Worker): ContainerProperties['LinuxParameters'] {
  const { sharedMemory, tmpfs, capabilities } = container;
  const [add, drop] = [capabilities.add, capabilities.drop].map((list) =>
    list.length > 0 ? list : undefined,
  );
  const folders = Object.entries(tmpfs).map(([ContainerPath, { size, options }]) => ({
    ContainerPath,
    Size: size,
    MountOptions: options.length === 0 ? undefined : options,
  }));
  return {
    // An init process reaps what workers leave behind; the watcher itself only knows its own children.
    InitProcessEnabled: true,
    SharedMemorySize: sharedMemory,
    Tmpfs: folders.length === 0 ? undefined : folders,
    Capabilities: add === undefined && drop === undefined ? undefined : { Add: add, Drop: drop },
  };
}

function repositoryCredentials({ registry }: Configuration): ContainerProperties['RepositoryCredentials'] {
  return registry?.credentials === undefined ? undefined : { CredentialsParameter: registry.credentials };
}

/** `listen 'a shell line'`, `listen -- program argument …`, or what starts a handler. */
function containerCommand({ command, handler, image }: Worker): string[] {
  if (handler !== undefined) return handlerCommand(handler, image.kind === 'bundle');
  // A rule of the configuration requires one of the two.
  if (command === undefined) throw new Error('a worker without command and handler: this should not happen');
  return typeof command === 'string'
    ? [LISTEN_COMMAND, command]
    : [LISTEN_COMMAND, ARGUMENTS_MARKER, ...command];
}

/** `handle -- program argument …`, or `handle` alone if the image itself says what it starts. */
function handlerCommand({ name, entryPoint }: Handler, isBundle: boolean): string[] {
  if (isBundle) return [HANDLE_COMMAND, ARGUMENTS_MARKER, ...RUNTIME_COMMAND];
  if (entryPoint === undefined) return [HANDLE_COMMAND];
  return [HANDLE_COMMAND, ARGUMENTS_MARKER, ...entryPoint, ...(name === undefined ? [] : [name])];
}

/** The user's variables and the watcher's settings, by name. */
function environment(subject: Subject, version: string | undefined): ContainerProperties['Environment'] {
  const all: Record<string, TextOrIntrinsic> = {
    ...sidecarVariables(subject),
    ...subject.worker.environment,
    ...settings(subject),
    ...(version === undefined ? {} : { [ContainerVariable.version]: version }),
  };
  const own = Object.keys(all)
    .sort()
    .map((name) => ({ Name: nameInContainer(name), Value: all[name]! }));
  return [...own, ...againstFiles(subject.worker)];
}

function environmentFiles({ container }: Worker): ContainerProperties['EnvironmentFiles'] {
  const files = container.environmentFiles.map((Value) => ({ Type: 's3', Value }));
  return files.length === 0 ? undefined : files;
}

/** What a file in S3 has is not known here; ECS prefers the template's, which keeps from the watcher's Node what would break it. */
const againstFiles = ({ container }: Worker): { Name: string; Value: TextOrIntrinsic }[] =>
  container.environmentFiles.length === 0
    ? []
    : [
        { Name: ContainerVariable.environmentFiles, Value: 'true' },
        ...WORKER_ONLY_VARIABLES.map((Name) => ({ Name, Value: '' })),
      ];

function settings(subject: Subject): Record<string, TextOrIntrinsic> {
  const { worker } = subject;
  const workTopic = topicArn(subject);
  return {
    [ContainerVariable.queueUrl]: queueUrl(subject),
    [ContainerVariable.queueName]: queueNameOf(subject),
    ...(workTopic === undefined ? {} : { [ContainerVariable.workTopic]: workTopic }),
    [ContainerVariable.logGroup]: ref(idOf(subject, 'logGroup')),
    [ContainerVariable.fifo]: String(worker.queue.fifo),
    [ContainerVariable.maxJobDurationSeconds]: String(worker.maxJobDuration),
    [ContainerVariable.volumes]: emptiedFolders(worker).join(','),
    [ContainerVariable.writableFilesystem]: String(worker.writableFilesystem),
    [ContainerVariable.structuredLogging]: String(worker.logs.structured),
    [ContainerVariable.concurrency]: String(worker.concurrency),
    [ContainerVariable.visibilityTimeoutSeconds]: String(worker.queue.visibilityTimeout),
    [ContainerVariable.stopTimeoutSeconds]: String(worker.stopTimeout),
    [ContainerVariable.stopNoticeSeconds]: String(worker.stopNotice),
    [ContainerVariable.finishSeconds]: String(worker.deploy.finish),
    [ContainerVariable.standardInput]: String(worker.stdin),
    ...workerRules(worker.container),
    ...(worker.compatibility === undefined
      ? {}
      : { [ContainerVariable.compatibility]: worker.compatibility }),
    ...(worker.healthCheck !== undefined && worker.healthCheck.command === undefined
      ? { [ContainerVariable.healthCheck]: HEALTH_SOCKET }
      : {}),
    ...(countsReceives(subject) ? { [ContainerVariable.maxReceives]: String(worker.queue.maxReceives) } : {}),
    ...(worker.reduce === undefined
      ? {}
      : { [ContainerVariable.progressTable]: getAtt(idOf(subject, 'progressTable'), 'Arn') }),
    ...handlerSettings(subject),
  };
}

function workerRules(container: Container): Record<string, string> {
  const { stopSignal } = container;
  const limits = workerLimits(container);
  return {
    ...(stopSignal === 'SIGTERM' ? {} : { [ContainerVariable.stopSignal]: stopSignal }),
    ...(limits === '' ? {} : { [ContainerVariable.workerLimits]: limits }),
  };
}

/** What the watcher must know of a handler, and what the runtime reads. Nothing if the worker has a command. */
function handlerSettings(subject: ConfiguredWorker): Record<string, TextOrIntrinsic> {
  const { configuration, worker } = subject;
  const { handler } = worker;
  if (handler === undefined) return {};
  return {
    [ContainerVariable.queueArn]: queueArn(subject),
    [ContainerVariable.batchSize]: String(handler.batchSize),
    [ContainerVariable.batchWindowSeconds]: String(handler.batchWindow),
    [ContainerVariable.maxInvocations]: String(handler.maxInvocations),
    [ContainerVariable.workerMemoryMiB]: String(handler.workerMemory ?? 0),
    ...(handler.name === undefined ? {} : { [RuntimeVariable.handler]: handler.name }),
    [RuntimeVariable.functionName]: functionName(configuration.context, worker.name),
    [RuntimeVariable.memorySizeMiB]: String(
      handler.workerMemory ?? Math.floor(jobMemory(worker) / worker.concurrency),
    ),
  };
}

function secrets({ configuration: { context }, worker }: Subject): ContainerProperties['Secrets'] {
  const names = Object.keys(worker.secrets).sort();
  if (names.length === 0) return undefined;
  return names.map((name) => ({
    Name: nameInContainer(name),
    ValueFrom: secretValueFrom(worker.secrets[name]!, context.resources),
  }));
}

/** Where the task has no size, the container has one. Beside sidecars it has what these leave, so that they cannot take more. */
function containerSize(worker: Worker): Partial<ContainerProperties> {
  const { capacity, gpu } = worker;
  const gpus = gpu === undefined ? undefined : [{ Type: 'GPU', Value: String(gpu) }];
  const isTasks = factsOf(capacity).hasTaskSize;
  return {
    Cpu: isTasks && cpuOfSidecars(worker) === 0 ? undefined : cpuOfWatcher(worker),
    Memory: isTasks && memoryOfSidecars(worker) === 0 ? undefined : memoryOfWatcher(worker),
    ResourceRequirements: gpus,
  };
}
