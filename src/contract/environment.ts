/**
 * Names of the environment variables that pass between the template, the watcher and a worker.
 * They are Watchbot's if it has them, so that workers written for it run unchanged.
 */

/** What the task definition gives the container, and the watcher reads. */
export const ContainerVariable = {
  queueUrl: 'QueueUrl',
  /** As Watchbot 10 has it. */
  queueName: 'QUEUE_NAME',
  /** ARN of the topic in front of the queue; absent if there is none. */
  workTopic: 'WorkTopic',
  logGroup: 'LogGroup',
  /** `true` or `false`. */
  fifo: 'Fifo',
  /** Seconds; 0 is no limit. */
  maxJobDurationSeconds: 'maxJobDuration',
  /** Folders that are emptied after each job, separated by commas. */
  volumes: 'Volumes',
  /** `true`: one job, then the container ends. */
  writableFilesystem: 'writableFilesystem',
  /** `true`: one JSON object a line. */
  structuredLogging: 'structuredLogging',
  /** `watchbot`: messages are taken apart, and logged, as Watchbot did. Absent: not so. */
  compatibility: 'WatchbotCompatibility',
  concurrency: 'WatchbotConcurrency',
  /** Which version of the worker this is; absent if nothing needs it. */
  version: 'WatchbotVersion',
  visibilityTimeoutSeconds: 'WatchbotVisibilityTimeout',
  stopTimeoutSeconds: 'WatchbotStopTimeout',
  /** Seconds before their end in which workers of a task that is to stop are told. */
  stopNoticeSeconds: 'WatchbotStopNotice',
  /** `true`: ECS has put variables of files into the environment, of which neither template nor image knows. */
  environmentFiles: 'WatchbotEnvironmentFiles',
  /** The signal that tells workers to end, one of `STOP_SIGNALS`; absent: SIGTERM. */
  stopSignal: 'WatchbotStopSignal',
  /** Limits of each worker, of `WORKER_LIMITS`: `nofile=1024:4096,cpu=60:60`, soft and hard, -1 for none. Absent: none. */
  workerLimits: 'WatchbotWorkerLimits',
  /** Seconds for which jobs may work on in a task that a newer version replaces. */
  finishSeconds: 'WatchbotFinish',
  /** `true`: a command has its message on standard input, too. */
  standardInput: 'WatchbotStandardInput',
  /** Receives after which SQS moves a message to the dead-letter queue; absent if that is not known. */
  maxReceives: 'WatchbotMaxReceives',
  /** ARN of the table of reduce mode; absent if that is off. The watcher passes it on to workers. */
  progressTable: 'ProgressTable',
  /** Name of the socket on which the watcher answers its health check: `HEALTH_SOCKET`. Absent or `false`: none. */
  healthCheck: 'WatchbotHealthCheck',
  /** ARN of the queue: what the event of a handler names as its source. Only with a handler, as are those below. */
  queueArn: 'WatchbotQueueArn',
  /** Messages of one invocation, at most. */
  batchSize: 'WatchbotBatchSize',
  /** Seconds for which a batch that is not full waits; 0 is not at all. */
  batchWindowSeconds: 'WatchbotBatchWindow',
  /** Invocations after which a warm worker is replaced; 0 is never. */
  maxInvocations: 'WatchbotMaxInvocations',
  /** MiB; a warm worker that uses more is replaced. 0 is no limit. */
  workerMemoryMiB: 'WatchbotWorkerMemory',
} as const;

/** What may tell a worker to end. */
export const STOP_SIGNALS = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Limits by which the watcher itself would be lost, so that they are for workers alone, and Linux's numbers of them. */
export const WORKER_LIMITS = { cpu: 0, fsize: 1, data: 2, stack: 3, nproc: 6, nofile: 7 } as const;
export type WorkerLimit = keyof typeof WORKER_LIMITS;

/** What the watcher adds for each worker. */
export const WorkerVariable = {
  message: 'Message',
  messageId: 'MessageId',
  subject: 'Subject',
  /** ISO 8601, as from Watchbot 4 on. */
  sentTimestamp: 'SentTimestamp',
  approximateFirstReceiveTimestamp: 'ApproximateFirstReceiveTimestamp',
  approximateReceiveCount: 'ApproximateReceiveCount',
  messageFile: 'MessageFile',
  /** JSON: name to `{ Type, Value }`, as SNS writes them in its envelope. */
  messageAttributes: 'MessageAttributes',
  messageGroupId: 'MessageGroupId',
  /** W3C trace context. */
  traceParent: 'TRACEPARENT',
  xRayTraceHeader: '_X_AMZN_TRACE_ID',
} as const;

/**
 * What a runtime reads, under Lambda's names.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const RuntimeVariable = {
  /** From the task definition: the handler, as the user wrote it. */
  handler: '_HANDLER',
  /** From the task definition. */
  functionName: 'AWS_LAMBDA_FUNCTION_NAME',
  /** From the task definition: MiB that one worker may use. */
  memorySizeMiB: 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  /** The folder of the handler's code. Of the image, or the watcher's working folder. */
  taskRoot: 'LAMBDA_TASK_ROOT',
  /** All below are the watcher's. `host:port`, without a scheme. */
  runtimeApi: 'AWS_LAMBDA_RUNTIME_API',
  functionVersion: 'AWS_LAMBDA_FUNCTION_VERSION',
  initializationType: 'AWS_LAMBDA_INITIALIZATION_TYPE',
  logGroup: 'AWS_LAMBDA_LOG_GROUP_NAME',
  logStream: 'AWS_LAMBDA_LOG_STREAM_NAME',
} as const;

export type WorkerVariableName = (typeof WorkerVariable)[keyof typeof WorkerVariable];

/** Variables that the plugin sets itself; a service's `environment` and `secrets` may not. */
export const RESERVED_VARIABLE_NAMES: readonly string[] = [
  ...Object.values(ContainerVariable),
  ...Object.values(WorkerVariable),
  ...Object.values(RuntimeVariable),
];

/**
 * Variables that change how the watcher's own Node starts, and may break it: its modules, its loader, its TLS. They are
 * meant for workers, so they wait for them under another name. `NODE_DEBUG` would log the watcher's credentials, and
 * `NODE_USE_ENV_PROXY` let it ask a proxy for them.
 */
export const WORKER_ONLY_VARIABLES: readonly string[] = [
  'LD_AUDIT',
  'LD_PRELOAD',
  'NODE_DEBUG',
  'NODE_OPTIONS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_USE_ENV_PROXY',
  'OPENSSL_CONF',
];

/**
 * Credentials and region for calls to AWS. Those in the section or the image are meant for the worker's calls, those of ECS
 * for the watcher's, too. Both use the same network settings: `AWS_USE_FIPS_ENDPOINT`, proxies, certificates.
 * https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */
export const WORKER_AWS_VARIABLES: readonly string[] = [
  'AWS_ACCESS_KEY_ID',
  'AWS_ACCOUNT_ID',
  'AWS_AUTH_SCHEME_PREFERENCE',
  'AWS_CONFIG_FILE',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_SCOPE',
  'AWS_DEFAULT_PROFILE',
  'AWS_DEFAULT_REGION',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SQS',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_SIGV4A_SIGNING_REGION_SET',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];

/** Before the name of one of those, while it waits. */
export const WORKER_ONLY_PREFIX = 'WATCHBOT_WORKER_';

/** Before the name of a variable for AWS, with the value that the image has for it. */
export const IMAGE_PREFIX = `${WORKER_ONLY_PREFIX}IMAGE_`;

const OF_WORKERS: ReadonlySet<string> = new Set([...WORKER_ONLY_VARIABLES, ...WORKER_AWS_VARIABLES]);

/** The name under which the container has a variable that a worker sees as `name`. */
export const nameInContainer = (name: string): string =>
  OF_WORKERS.has(name) ? WORKER_ONLY_PREFIX + name : name;

/** The other way round. */
export function nameInWorker(name: string): string {
  const own = name.slice(WORKER_ONLY_PREFIX.length);
  return nameInContainer(own) === name ? own : name;
}
