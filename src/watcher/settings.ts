import { ContainerVariable, RuntimeVariable, STOP_SIGNALS } from '../contract/environment';
import { MAX_FINISH_SECONDS } from '../contract/outcomes';
import { NO_RULES, parseLimits, type WorkerRules } from './worker/rules';

/** What the container's environment tells the watcher, parsed once. */
export interface Settings {
  queueUrl: string;
  isFifo: boolean;
  isStructured: boolean;
  /** Whether messages are taken apart, and logged, as Watchbot did. */
  isAsWatchbot: boolean;
  concurrency: number;
  visibilityTimeoutSeconds: number;
  /** 0: none. */
  maxJobDurationSeconds: number;
  stopTimeoutSeconds: number;
  stopNoticeSeconds: number;
  /** How long jobs may go on in a task that a newer version replaces. */
  finishSeconds: number;
  /** Whether a worker gets its message on standard input, too. */
  hasStandardInput: boolean;
  /** Folders that are emptied after each job. */
  volumes: readonly string[];
  /** Whether the container ends after one job. */
  isFreshContainerPerJob: boolean;
  /** The address of the ECS agent; absent outside ECS. */
  agentUri: string | undefined;
  /** Name of the socket on which the health check is answered; absent if there is no check. */
  healthSocket: string | undefined;
  /** Infinity if no dead-letter queue is known. */
  maxReceives: number;
  /** Of the worker; absent if nothing needs it. */
  version?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says of a handler and its warm workers. */
export interface HandlerSettings {
  queueArn: string;
  /** Messages of one invocation, at most. */
  batchSize: number;
  /** How long a batch that is not full waits. */
  batchWindowSeconds: number;
  /** A worker is replaced after so many; 0: never. */
  maxInvocations: number;
  /** A worker that uses more is replaced; 0: no limit. */
  workerMemoryMiB: number;
  functionName: string;
  /** ARN of the topic in front of the queue; absent if there is none. */
  ownTopicArn: string | undefined;
}

/** @throws {SettingsError} that names everything that is missing or malformed */
export const readSettings = (environment: Environment): Settings =>
  readAll(environment, (read) => ({
    queueUrl: read.text(ContainerVariable.queueUrl),
    isFifo: read.flag(ContainerVariable.fifo),
    isStructured: read.flag(ContainerVariable.structuredLogging),
    isAsWatchbot: environment[ContainerVariable.compatibility] === 'watchbot',
    concurrency: read.number(ContainerVariable.concurrency, { least: 1, otherwise: 1 }),
    visibilityTimeoutSeconds: read.number(ContainerVariable.visibilityTimeoutSeconds, {
      least: 1,
      otherwise: 180,
    }),
    maxJobDurationSeconds: read.number(ContainerVariable.maxJobDurationSeconds, { least: 0, otherwise: 0 }),
    // SQS itself lets a message be received any number of times.
    maxReceives: read.number(ContainerVariable.maxReceives, { least: 1, otherwise: Infinity }),
    stopTimeoutSeconds: read.number(ContainerVariable.stopTimeoutSeconds, { least: 1, otherwise: 30 }),
    stopNoticeSeconds: read.number(ContainerVariable.stopNoticeSeconds, { least: 0, otherwise: 15 }),
    finishSeconds: read.number(ContainerVariable.finishSeconds, { least: 0, otherwise: MAX_FINISH_SECONDS }),
    hasStandardInput: read.flag(ContainerVariable.standardInput),
    volumes: read.list(ContainerVariable.volumes),
    isFreshContainerPerJob: read.flag(ContainerVariable.writableFilesystem),
    agentUri: environment.ECS_AGENT_URI,
    version: environment[ContainerVariable.version],
    healthSocket: read.nameOrFalse(ContainerVariable.healthCheck),
  }));

/** @throws {SettingsError} as above */
export const readHandlerSettings = (environment: Environment): HandlerSettings =>
  readAll(environment, (read) => ({
    queueArn: read.text(ContainerVariable.queueArn),
    batchSize: read.number(ContainerVariable.batchSize, { least: 1, otherwise: 1 }),
    batchWindowSeconds: read.number(ContainerVariable.batchWindowSeconds, { least: 0, otherwise: 0 }),
    maxInvocations: read.number(ContainerVariable.maxInvocations, { least: 0, otherwise: 0 }),
    workerMemoryMiB: read.number(ContainerVariable.workerMemoryMiB, { least: 0, otherwise: 0 }),
    functionName: read.text(RuntimeVariable.functionName),
    ownTopicArn: environment[ContainerVariable.workTopic],
  }));

/** @throws {SettingsError} as above */
export const readRules = (environment: Environment): WorkerRules =>
  readAll(environment, ({ problems }) => {
    const { [ContainerVariable.workerLimits]: text = '' } = environment;
    const signal = environment[ContainerVariable.stopSignal] || NO_RULES.stopSignal;
    const stopSignal = STOP_SIGNALS.find((each) => each === signal);
    if (stopSignal === undefined)
      problems.push(`${ContainerVariable.stopSignal} is "${signal}", not one of ${STOP_SIGNALS.join(', ')}`);
    const limits = parseLimits(text);
    if (limits === undefined)
      problems.push(`${ContainerVariable.workerLimits} is "${text}", not limits like nofile=1024:4096`);
    return { stopSignal: stopSignal ?? NO_RULES.stopSignal, limits: limits ?? NO_RULES.limits };
  });

function readAll<T>(environment: Environment, settingsOf: (read: ReturnType<typeof reader>) => T): T {
  const read = reader(environment);
  const settings = settingsOf(read);
  if (read.problems.length > 0) throw new SettingsError(read.problems);
  return settings;
}

/** The container was started without what the task definition of this plugin gives it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(problems: readonly string[]) {
    super(`the environment of this container is not that of a watcher: ${problems.join('; ')}`);
  }
}

function reader(environment: Environment) {
  const problems: string[] = [];
  return {
    problems,
    text(name: string): string {
      const value = environment[name];
      if (value === undefined || value === '') problems.push(`${name} is missing`);
      return value ?? '';
    },
    flag(name: string): boolean {
      const value = environment[name] ?? 'false';
      if (value !== 'true' && value !== 'false') problems.push(`${name} is "${value}", not true or false`);
      return value === 'true';
    },
    nameOrFalse(name: string): string | undefined {
      const value = environment[name] ?? '';
      return value === '' || value === 'false' ? undefined : value;
    },
    number(name: string, { least, otherwise }: { least: number; otherwise: number }): number {
      const value = environment[name];
      if (value === undefined || value === '') return otherwise;
      const isWhole = /^\d+$/.test(value) && Number(value) >= least;
      if (!isWhole) problems.push(`${name} is "${value}", not a whole number of at least ${least}`);
      return Number(value);
    },
    list(name: string): string[] {
      return (environment[name] ?? '').split(',').filter((entry) => entry !== '');
    },
  };
}
