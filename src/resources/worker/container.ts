import { EXEC_FOLDERS } from '../../config/defaults';
import { CONTAINER_NAME, familyName } from '../../config/names';
import type { Configuration, TextOrIntrinsic, Worker } from '../../config/configuration';
import { ContainerVariable, nameInContainer } from '../../contract/environment';
import {
  ARGUMENTS_MARKER,
  ENTRY_POINT,
  HEALTH_COMMAND,
  HEALTH_SOCKET,
  LISTEN_COMMAND,
} from '../../contract/image';
import { compact, getAtt, ref } from '../cloudformation';
import { handlerCommand, handlerSettings } from './handler';
import { countsReceives, queueNameOf, queueUrl } from './queue-references';
import { secretValueFrom } from './secrets';
import { idOf, type Subject } from './subject';

/** Open files, as in Watchbot: a watcher has several pipes for each worker. */
const OPEN_FILES = 10_240;

/**
 * The container in which the watcher runs.
 * @param version what it is told to be, where that is asked for
 */
export function container(subject: Subject, version?: string) {
  const { configuration, worker } = subject;
  return compact({
    Name: CONTAINER_NAME,
    Image: subject.imageUri,
    RepositoryCredentials: repositoryCredentials(configuration),
    Essential: true,
    EntryPoint: [...ENTRY_POINT],
    Command: containerCommand(worker),
    Environment: environment(subject, version),
    Secrets: secrets(worker),
    ...containerSize(worker),
    MemoryReservation: worker.softMemory,
    StopTimeout: worker.stopTimeout,
    ReadonlyRootFilesystem: !worker.writableFilesystem,
    Privileged: worker.privileged ? true : undefined,
    HealthCheck: healthCheck(worker),
    MountPoints: mountPoints(worker),
    Ulimits: [{ Name: 'nofile', SoftLimit: OPEN_FILES, HardLimit: OPEN_FILES }],
    // An init process reaps what workers leave behind; the watcher itself only knows its own children.
    LinuxParameters: { InitProcessEnabled: true },
    LogConfiguration: {
      LogDriver: 'awslogs',
      Options: {
        'awslogs-group': ref(idOf(subject, 'logGroup')),
        'awslogs-region': ref('AWS::Region'),
        'awslogs-stream-prefix': familyName(configuration.context, worker.name),
        // A log that cannot be delivered must not stop the watcher: it would no longer hold its messages.
        mode: 'non-blocking',
        'max-buffer-size': '25m',
      },
    },
  });
}

function repositoryCredentials({ registry }: Configuration) {
  return registry?.credentials === undefined ? undefined : { CredentialsParameter: registry.credentials };
}

function containerSize({ capacity, cpu, memory, gpu }: Worker) {
  if (capacity.launchType === 'FARGATE') return {};
  const gpus = gpu === undefined ? undefined : [{ Type: 'GPU', Value: String(gpu) }];
  return { Cpu: cpu, Memory: memory, ResourceRequirements: gpus };
}

function healthCheck({ healthCheck: check }: Worker) {
  if (check === undefined) return undefined;
  const { command, interval, timeout, retries, startPeriod } = check;
  return {
    Command: typeof command === 'string' ? ['CMD-SHELL', command] : ['CMD', ...(command ?? HEALTH_COMMAND)],
    Interval: interval,
    Timeout: timeout,
    Retries: retries,
    StartPeriod: startPeriod,
  };
}

/** `listen 'a shell line'`, `listen -- program argument …`, or what starts a handler. */
function containerCommand({ command, handler, image }: Worker): string[] {
  if (handler !== undefined) return handlerCommand(handler, image.kind === 'bundle');
  // One of the two is there: the rules see to it.
  if (command === undefined) throw new Error('a worker without command and handler: this should not happen');
  return typeof command === 'string'
    ? [LISTEN_COMMAND, command]
    : [LISTEN_COMMAND, ARGUMENTS_MARKER, ...command];
}

/** The user's variables and the watcher's settings, by name. */
function environment(subject: Subject, version: string | undefined) {
  const all: Record<string, TextOrIntrinsic> = {
    ...subject.worker.environment,
    ...settings(subject),
    ...(version === undefined ? {} : { [ContainerVariable.version]: version }),
  };
  return Object.keys(all)
    .sort()
    .map((name) => ({ Name: nameInContainer(name), Value: all[name] }));
}

function settings(subject: Subject): Record<string, TextOrIntrinsic> {
  const { worker } = subject;
  return {
    [ContainerVariable.queueUrl]: queueUrl(subject),
    [ContainerVariable.queueName]: queueNameOf(subject),
    ...(worker.topic ? { [ContainerVariable.workTopic]: ref(idOf(subject, 'topic')) } : {}),
    [ContainerVariable.logGroup]: ref(idOf(subject, 'logGroup')),
    [ContainerVariable.fifo]: String(worker.queue.fifo),
    [ContainerVariable.maxJobDurationSeconds]: String(worker.maxJobDuration),
    [ContainerVariable.volumes]: writableMounts(worker).join(','),
    [ContainerVariable.writableFilesystem]: String(worker.writableFilesystem),
    [ContainerVariable.structuredLogging]: String(worker.logs.structured),
    [ContainerVariable.concurrency]: String(worker.concurrency),
    [ContainerVariable.visibilityTimeoutSeconds]: String(worker.queue.visibilityTimeout),
    [ContainerVariable.stopTimeoutSeconds]: String(worker.stopTimeout),
    [ContainerVariable.stopNoticeSeconds]: String(worker.stopNotice),
    [ContainerVariable.finishSeconds]: String(worker.deploy.finish),
    [ContainerVariable.standardInput]: String(worker.stdin),
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

function secrets({ secrets: given }: Worker) {
  const names = Object.keys(given).sort();
  if (names.length === 0) return undefined;
  return names.map((name) => ({ Name: nameInContainer(name), ValueFrom: secretValueFrom(given[name]!) }));
}

function mountPoints(worker: Worker) {
  const folders = mountedFolders(worker);
  if (folders.length === 0) return undefined;
  return folders.map((ContainerPath, index) => ({
    SourceVolume: volumeName(index),
    ContainerPath,
    ReadOnly: false,
  }));
}

/** Volumes of the task that the container's mount points name. */
export function volumes(worker: Worker) {
  const folders = mountedFolders(worker);
  return folders.length === 0 ? undefined : folders.map((_path, index) => ({ Name: volumeName(index) }));
}

function mountedFolders(worker: Worker): readonly string[] {
  const mounts = writableMounts(worker);
  return worker.exec && !worker.writableFilesystem ? [...mounts, ...EXEC_FOLDERS] : mounts;
}

/** With a writable file system there is nothing to mount: every job gets a container of its own. */
function writableMounts({ mounts, writableFilesystem }: Worker): readonly string[] {
  return writableFilesystem ? [] : mounts;
}

/** By number: ECS takes only letters, digits, dashes and underscores, and paths that differ in others must not collide. */
function volumeName(index: number): string {
  return `mount-${index + 1}`;
}
