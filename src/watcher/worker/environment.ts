import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  ContainerVariable,
  IMAGE_PREFIX,
  nameInContainer,
  RuntimeVariable,
  WORKER_AWS_VARIABLES,
  WORKER_ONLY_VARIABLES,
  WorkerVariable,
  type WorkerVariableName,
} from '../../contract/environment';
import { COMMANDS_FOLDER } from '../../contract/image';
import type { Job } from '../job/job';
import type { Variable } from './run-worker';

/** Variables by their names. One that is undefined is not set. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Linux's limit for one `NAME=value` of an environment, its final NUL included (MAX_ARG_STRLEN, 32 pages).
 * With a longer one `execve` fails with E2BIG, and the worker would not start at all.
 */
const MAX_VARIABLE_BYTES = 131_072;

const SURE_CHARACTERS = 40_000;

/** The attribute in which W3C trace context travels. */
const TRACE_ATTRIBUTE = 'traceparent';

/**
 * The message as environment variables, under Watchbot's names. Names are fixed: nothing of a message becomes a name. A
 * variable that cannot hold its value has none, which also hides a variable of that name in the container's environment.
 * The message file always has the whole body.
 */
export function workerVariables(job: Job, messageFile: string): Variable[] {
  const variable = (name: WorkerVariableName, value: string | undefined): Variable => [
    name,
    fits(name, value) ? value : undefined,
  ];
  return [
    variable(WorkerVariable.message, job.body),
    variable(WorkerVariable.messageId, job.messageId),
    variable(WorkerVariable.subject, job.subject ?? ''),
    variable(WorkerVariable.sentTimestamp, job.sentAt.toISOString()),
    variable(WorkerVariable.approximateFirstReceiveTimestamp, job.firstReceivedAt.toISOString()),
    variable(WorkerVariable.approximateReceiveCount, String(job.receives)),
    variable(WorkerVariable.messageFile, messageFile),
    variable(WorkerVariable.messageAttributes, JSON.stringify(job.attributes)),
    variable(WorkerVariable.messageGroupId, job.groupId),
    variable(WorkerVariable.traceParent, job.attributes[TRACE_ATTRIBUTE]?.Value),
    variable(WorkerVariable.xRayTraceHeader, job.traceHeader),
  ];
}

function fits(name: string, value: string | undefined): boolean {
  if (value === undefined || value.includes('\0')) return false;
  // A character is at most three bytes.
  if (value.length < SURE_CHARACTERS) return true;
  return Buffer.byteLength(name) + Buffer.byteLength(value) + '=\0'.length <= MAX_VARIABLE_BYTES;
}

/**
 * What a worker inherits of the container's environment: all that the image and the user have set, under its own name, also
 * what was kept from the watcher. If what was kept is empty, nobody has set it.
 */
export function inheritedEnvironment(container: Environment): Environment {
  const inherited = { ...container };
  for (const name of WORKER_ONLY_VARIABLES) {
    const kept = nameInContainer(name);
    inherited[name] = container[kept] || container[name] || undefined;
    inherited[kept] = undefined;
  }
  for (const name of WORKER_AWS_VARIABLES) {
    const kept = nameInContainer(name);
    if (container[kept] !== undefined) inherited[name] = container[kept];
    inherited[kept] = undefined;
    inherited[IMAGE_PREFIX + name] = undefined;
  }
  return inherited;
}

/**
 * What runtimes read in Lambda and the container does not have. The container has AWS_REGION, the handler, the function's
 * name and its memory.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function runtimeEnvironment(
  container: Environment,
  { taskRoot, logStream }: { taskRoot: string; logStream: string },
): Record<string, string | undefined> {
  return {
    [RuntimeVariable.functionVersion]: '$LATEST',
    [RuntimeVariable.initializationType]: 'provisioned-concurrency',
    [RuntimeVariable.taskRoot]: container[RuntimeVariable.taskRoot] ?? taskRoot,
    [RuntimeVariable.logGroup]: container[ContainerVariable.logGroup],
    [RuntimeVariable.logStream]: logStream,
  };
}

export interface QueueIdentity {
  region: string;
  /** What a handler's context says; there is no such function. */
  functionArn: string;
}

/** From the ARN of the queue: `arn:aws:sqs:us-east-1:123456789012:name`. */
export function identityOf(queueArn: string, functionName: string): QueueIdentity {
  const [, partition = '', , region = '', account = ''] = queueArn.split(':');
  return { region, functionArn: `arn:${partition}:lambda:${region}:${account}:function:${functionName}` };
}

/** A container's PATH if neither the image nor the user sets one. https://docs.docker.com/reference/dockerfile/#env */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The helper commands beside the watcher's bundle; undefined if there are none, such as on a developer's machine. */
export function findCommands(folder: string): string | undefined {
  const commands = path.join(folder, COMMANDS_FOLDER);
  return existsSync(commands) ? commands : undefined;
}

/** Puts the helper commands before programs of the image with the same names: they know this version's tables. */
export function withCommands(environment: Environment, folder: string | undefined): Environment {
  if (folder === undefined) return environment;
  return { ...environment, PATH: `${folder}:${environment.PATH || DEFAULT_PATH}` };
}

/** Changes an environment, in which the SDK reads who it is, to what is meant for the watcher. */
export function seeOwnAws(environment: Record<string, string | undefined>, queueUrl: string): void {
  for (const [name, value] of Object.entries(ownAwsVariables(environment, queueUrl))) {
    if (value === undefined) Reflect.deleteProperty(environment, name);
    else environment[name] = value;
  }
}

/**
 * Credentials and region of the watcher: those that ECS gives, not those that the image or a file of variables has for
 * programs. If ECS gives no region, as on some hosts, or one that may be a file's, it is that of the queue.
 * @returns variables to be set; those with undefined are to be removed
 */
function ownAwsVariables(container: Environment, queueUrl: string): Environment {
  const isOfFiles = container[ContainerVariable.environmentFiles] === 'true';
  const ofOthers = WORKER_AWS_VARIABLES.filter((name) => {
    const value = container[IMAGE_PREFIX + name];
    const isOfImage = value !== undefined && value !== '' && value === container[name];
    return isOfFiles || isOfImage;
  });
  const hidden: Environment = Object.fromEntries(ofOthers.map((name) => [name, undefined]));
  const region = 'AWS_REGION' in hidden ? undefined : container.AWS_REGION;
  return { ...hidden, AWS_REGION: region || regionOfQueue(queueUrl) };
}

/** https://docs.aws.amazon.com/general/latest/gr/sqs-service.html */
const SQS_HOST = /^https:\/\/(?:sqs(?:-fips)?\.([a-z\d-]+)|([a-z\d-]+)\.queue)\./;

function regionOfQueue(url: string): string | undefined {
  const [, region, legacy] = SQS_HOST.exec(url) ?? [];
  return region ?? legacy;
}
