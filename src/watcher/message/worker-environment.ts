import {
  IMAGE_PREFIX,
  nameInContainer,
  WORKER_AWS_VARIABLES,
  WORKER_ONLY_VARIABLES,
  WorkerVariable,
  type WorkerVariableName,
} from '../../contract/environment';
import type { Variable } from '../worker/start-worker';
import type { Job } from './job';

/**
 * Linux's limit on one `NAME=value` of an environment, its final NUL included (MAX_ARG_STRLEN, 32 pages).
 * Above it `execve` fails with E2BIG, and the worker would not start at all.
 */
const MAX_VARIABLE_BYTES = 131_072;

const SURE_CHARACTERS = 40_000;

/** The attribute in which W3C trace context travels. */
const TRACE_ATTRIBUTE = 'traceparent';

/**
 * The message as environment variables, under Watchbot's names. Names are fixed: nothing of a message becomes one.
 * What no variable can hold has no value, which also hides a variable of that name in the container's environment;
 * the message file always has the whole body.
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

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a worker inherits of the container's environment: all that image and user have set, under their own names, also
 * what was kept from the watcher. An empty one of those is one that nobody has set.
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
