import {
  nameInContainer,
  WORKER_ONLY_VARIABLES,
  WorkerVariable,
  type WorkerVariableName,
} from '../../contract/environment';
import type { Job } from './job';

/**
 * Linux's limit on one `NAME=value` of an environment, its final NUL included (MAX_ARG_STRLEN, 32 pages).
 * Above it `execve` fails with E2BIG, and the worker would not start at all.
 */
const MAX_VARIABLE_BYTES = 131_072;

/** The attribute in which W3C trace context travels. */
const TRACE_ATTRIBUTE = 'traceparent';

/**
 * The message as environment variables, under Watchbot's names. Names are fixed: nothing of a message becomes one.
 * What no variable can hold is undefined, which also hides a variable of that name in the container's environment;
 * standard input and the message file always have the whole body.
 */
export function workerEnvironment(job: Job, messageFile: string): Record<string, string | undefined> {
  const variables: Record<WorkerVariableName, string | undefined> = {
    [WorkerVariable.message]: job.body,
    [WorkerVariable.messageId]: job.messageId,
    [WorkerVariable.subject]: job.subject ?? '',
    [WorkerVariable.sentTimestamp]: job.sentAt.toISOString(),
    [WorkerVariable.approximateFirstReceiveTimestamp]: job.firstReceivedAt.toISOString(),
    [WorkerVariable.approximateReceiveCount]: String(job.receives),
    [WorkerVariable.messageFile]: messageFile,
    [WorkerVariable.messageAttributes]: JSON.stringify(job.attributes),
    [WorkerVariable.messageGroupId]: job.groupId,
    [WorkerVariable.traceParent]: job.attributes[TRACE_ATTRIBUTE]?.Value,
    [WorkerVariable.xRayTraceHeader]: job.traceHeader,
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, fits(name, value) ? value : undefined]),
  );
}

function fits(name: string, value: string | undefined): boolean {
  if (value === undefined || value.includes('\0')) return false;
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
  return inherited;
}
