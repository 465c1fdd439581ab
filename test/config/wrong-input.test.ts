import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../src/errors/codes';
import { formatProblem } from '../../src/errors/problem';
import { errorOf, messagesOf, parse } from './support';

const C = { command: 'true' };
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:tiles';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:tiles';

const WORKER_KEYS =
  'command, handler, entryPoint, bundle, batchSize, batchWindow, maxInvocations, workerMemory, image, architecture, cpu, memory, softMemory, ephemeralStorage, gpu, capacity, placementConstraints, placementStrategies, concurrency, maxJobDuration, stopTimeout, environment, secrets, permissions, managedPolicies, sender, queue, topic, scaling, events, alarms, dashboard, logs, mounts, writableFilesystem, privileged, healthCheck, reduce, exec, extensions';
const COMMAND_OR_HANDLER =
  'one of `command`, a shell line or a list of arguments, and `handler`, a text like path/to/file.export';
const KEYS = `cluster, vpc, notify, build, registry, ${WORKER_KEYS}`;
const RESOURCES =
  'queue, deadLetterQueue, topic, subscription, queuePolicy, logGroup, taskDefinition, service, taskRole, executionRole, scalableTarget, scaleUpPolicy, scaleUpAlarm, scaleDownPolicy, scaleDownAlarm, deadLetterAlarm, deadLetterGrowthAlarm, workerErrorsMetric, workerErrorsAlarm, messageReceivesMetric, workerDurationMetric, responseDurationMetric, queueSizeAlarm, memoryAlarm, cpuAlarm, dashboard';
const SHARED_RESOURCES =
  'cluster, clusterCapacity, vpc, internetGateway, gatewayAttachment, routeTable, defaultRoute, subnet1, subnet2, subnet1Route, subnet2Route, securityGroup';
const EVENTBRIDGE_S3_EVENTS =
  's3:ObjectCreated:*, s3:ObjectCreated:Put, s3:ObjectCreated:Post, s3:ObjectCreated:Copy, s3:ObjectCreated:CompleteMultipartUpload, s3:ObjectRemoved:*, s3:ObjectRemoved:Delete, s3:ObjectRemoved:DeleteMarkerCreated, s3:ObjectRestore:Post, s3:ObjectRestore:Completed, s3:ObjectRestore:Delete, s3:ObjectTagging:Put, s3:ObjectTagging:Delete';
const S3_EVENTS =
  's3:ObjectCreated:*, s3:ObjectCreated:Put, s3:ObjectCreated:Post, s3:ObjectCreated:Copy, s3:ObjectCreated:CompleteMultipartUpload, s3:ObjectRemoved:*, s3:ObjectRemoved:Delete, s3:ObjectRemoved:DeleteMarkerCreated, s3:ObjectRestore:Post, s3:ObjectRestore:Completed, s3:ObjectRestore:Delete, s3:ObjectTagging:*, s3:ObjectTagging:Put, s3:ObjectTagging:Delete, s3:ObjectRestore:*, s3:ObjectAcl:Put, s3:ReducedRedundancyLostObject, s3:Replication:*, s3:LifecycleExpiration:*, s3:LifecycleTransition, s3:IntelligentTiering';
const VARIABLES =
  'names other than QueueUrl, QUEUE_NAME, WorkTopic, LogGroup, Fifo, maxJobDuration, Volumes, writableFilesystem, structuredLogging, WatchbotConcurrency, WatchbotVisibilityTimeout, WatchbotStopTimeout, WatchbotMaxReceives, ProgressTable, WatchbotHealthCheck, WatchbotQueueArn, WatchbotBatchSize, WatchbotBatchWindow, WatchbotMaxInvocations, WatchbotWorkerMemory, Message, MessageId, Subject, SentTimestamp, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount, MessageFile, MessageAttributes, MessageGroupId, TRACEPARENT, _X_AMZN_TRACE_ID, _HANDLER, AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_MEMORY_SIZE, LAMBDA_TASK_ROOT, AWS_LAMBDA_RUNTIME_API, AWS_LAMBDA_FUNCTION_VERSION, AWS_LAMBDA_INITIALIZATION_TYPE, AWS_LAMBDA_LOG_GROUP_NAME, AWS_LAMBDA_LOG_STREAM_NAME and ECS_…, AWS_CONTAINER_CREDENTIALS_…, WATCHBOT_WORKER_…';

/** What is wrong, the section, and what its user reads. */
const WRONG: [string, unknown, string[]][] = [
  // The section itself
  [
    'no command in an empty section',
    null,
    [
      'WATCHBOT_MISSING_KEY at watchbot.command',
      `  allowed: ${COMMAND_OR_HANDLER}`,
      '  do:      add `command`, or `handler`',
    ],
  ],
  [
    'no command in an empty map',
    {},
    [
      'WATCHBOT_MISSING_KEY at watchbot.command',
      `  allowed: ${COMMAND_OR_HANDLER}`,
      '  do:      add `command`, or `handler`',
    ],
  ],
  ['a number', 5, ['WATCHBOT_WRONG_TYPE at watchbot', '  given:   5', '  allowed: a map of keys']],
  [
    'text',
    'python3 render.py',
    ['WATCHBOT_WRONG_TYPE at watchbot', '  given:   "python3 render.py"', '  allowed: a map of keys'],
  ],
  [
    'a list',
    ['python3', 'render.py'],
    ['WATCHBOT_WRONG_TYPE at watchbot', '  given:   ["python3","render.py"]', '  allowed: a map of keys'],
  ],
  ['false', false, ['WATCHBOT_WRONG_TYPE at watchbot', '  given:   false', '  allowed: a map of keys']],
  [
    'a misspelt command, which is not also a missing one',
    { comand: 'true' },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.comand',
      '  given:   comand',
      `  allowed: ${KEYS}`,
      '  do:      did you mean "command"?',
    ],
  ],
  [
    'an unknown key that is like no other',
    { ...C, docker: 'Dockerfile' },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.docker',
      '  given:   docker',
      `  allowed: ${KEYS}`,
      '  do:      remove it',
    ],
  ],
  [
    'a key with a line break',
    { ...C, 'x\ny': 1 },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot["x\\ny"]',
      '  given:   "x\\ny"',
      `  allowed: ${KEYS}`,
      '  do:      remove it',
    ],
  ],
  [
    "keys of JavaScript's own",
    JSON.parse('{"command":"true","__proto__":{"a":1},"constructor":5}'),
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.__proto__',
      '  given:   __proto__',
      `  allowed: ${KEYS}`,
      '  do:      remove it',
      'WATCHBOT_UNKNOWN_KEY at watchbot.constructor',
      '  given:   constructor',
      `  allowed: ${KEYS}`,
      '  do:      remove it',
    ],
  ],

  // Workers
  [
    'no workers',
    { workers: null },
    ['WATCHBOT_WRONG_TYPE at watchbot.workers', '  given:   null', '  allowed: a map of keys'],
  ],
  [
    'an empty map of workers',
    { workers: {} },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.workers', '  given:   {}', '  allowed: at least 1 entry'],
  ],
  [
    'a list of workers',
    { workers: [C] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.workers',
      '  given:   [{"command":"true"}]',
      '  allowed: a map of keys',
    ],
  ],
  [
    'a worker without anything',
    { workers: { tiles: null } },
    ['WATCHBOT_WRONG_TYPE at watchbot.workers.tiles', '  given:   null', '  allowed: a map of keys'],
  ],
  [
    'a worker without a command',
    { workers: { tiles: {} } },
    [
      'WATCHBOT_MISSING_KEY at watchbot.workers.tiles.command',
      `  allowed: ${COMMAND_OR_HANDLER}`,
      '  do:      add `command`, or `handler`',
    ],
  ],
  [
    'an unknown key of a worker',
    { workers: { tiles: { ...C, tpoic: false } } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.workers.tiles.tpoic',
      '  given:   tpoic',
      `  allowed: ${WORKER_KEYS}`,
      '  do:      did you mean "topic"?',
    ],
  ],
  [
    "a worker's key beside workers",
    { workers: { tiles: C }, command: 'true', scaling: { max: 2 } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.command',
      '  given:   command',
      '  allowed: cluster, vpc, notify, build, registry, extensions, workers',
      '  do:      move it into a worker: watchbot.workers.NAME.command',
      'WATCHBOT_UNKNOWN_KEY at watchbot.scaling',
      '  given:   scaling',
      '  allowed: cluster, vpc, notify, build, registry, extensions, workers',
      '  do:      move it into a worker: watchbot.workers.NAME.scaling',
    ],
  ],
  [
    'a worker that is not under workers',
    { tiles: C },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.tiles',
      '  given:   tiles',
      `  allowed: ${KEYS}`,
      '  do:      move it under `workers`: watchbot.workers.tiles',
      'WATCHBOT_MISSING_KEY at watchbot.command',
      `  allowed: ${COMMAND_OR_HANDLER}`,
      '  do:      add `command`, or `handler`',
    ],
  ],
  [
    'a worker whose name is not one',
    { workers: { 'render tiles': C } },
    [
      'WATCHBOT_MALFORMED at watchbot.workers["render tiles"]',
      '  given:   "render tiles"',
      '  allowed: a letter, then letters and digits, with single dashes between; at most 40 characters',
    ],
  ],
  [
    "a worker's name that ends in a dash",
    { workers: { 'tiles-': C } },
    [
      'WATCHBOT_MALFORMED at watchbot.workers.tiles-',
      '  given:   "tiles-"',
      '  allowed: a letter, then letters and digits, with single dashes between; at most 40 characters',
    ],
  ],
  [
    "a worker's name with two dashes in a row",
    { workers: { 'render--tiles': C } },
    [
      'WATCHBOT_MALFORMED at watchbot.workers.render--tiles',
      '  given:   "render--tiles"',
      '  allowed: a letter, then letters and digits, with single dashes between; at most 40 characters',
    ],
  ],
  [
    "a worker's name that begins with a digit",
    { workers: { '3d': C } },
    [
      'WATCHBOT_MALFORMED at watchbot.workers["3d"]',
      '  given:   "3d"',
      '  allowed: a letter, then letters and digits, with single dashes between; at most 40 characters',
    ],
  ],
  [
    "a worker's name that is too long for a readable one",
    { workers: { ['t'.repeat(41)]: C } },
    [
      'WATCHBOT_MALFORMED at watchbot.workers.ttttttttttttttttttttttttttttttttttttttttt',
      '  given:   "ttttttttttttttttttttttttttttttttttttttttt"',
      '  allowed: a letter, then letters and digits, with single dashes between; at most 40 characters',
    ],
  ],
  [
    'a worker called __proto__',
    JSON.parse('{"workers":{"__proto__":{"command":"true"}}}'),
    [
      'WATCHBOT_MALFORMED at watchbot.workers.__proto__',
      '  given:   "__proto__"',
      '  allowed: a letter, then letters and digits, with single dashes between; at most 40 characters',
    ],
  ],
  [
    "a worker's name with a line break, and no worker",
    { workers: { 'a\nb': 5 } },
    ['WATCHBOT_WRONG_TYPE at watchbot.workers["a\\nb"]', '  given:   5', '  allowed: a map of keys'],
  ],
  [
    'two workers whose names differ in case',
    { workers: { tiles: C, Tiles: C } },
    [
      'WATCHBOT_NAME_TAKEN at watchbot.workers.Tiles',
      '  given:   Tiles beside tiles: each would make a TilesQueue',
      '  allowed: names whose resources differ in more than case',
      '  do:      rename one of the two',
    ],
  ],
  [
    'two workers whose names differ in dashes',
    { workers: { 'render-tiles': C, renderTiles: C } },
    [
      'WATCHBOT_NAME_TAKEN at watchbot.workers.renderTiles',
      '  given:   renderTiles beside render-tiles: each would make a RenderTilesQueue',
      '  allowed: names whose resources differ in more than case',
      '  do:      rename one of the two',
    ],
  ],
  [
    "a worker whose queue would be another's dead-letter queue",
    { workers: { tiles: C, 'tiles-dead-letter': C } },
    [
      'WATCHBOT_NAME_TAKEN at watchbot.workers.tiles-dead-letter',
      '  given:   tiles-dead-letter beside tiles: each would make a TilesDeadLetterQueue',
      '  allowed: names whose resources differ in more than case',
      '  do:      rename one of the two',
    ],
  ],

  [
    'two workers that would make one bucket',
    {
      workers: {
        tiles: { ...C, events: [{ s3: { bucket: 'tiles' } }] },
        thumbnails: {
          ...C,
          events: [{ s3: { bucket: 'tiles', existing: true } }, { s3: { bucket: 'tiles' } }],
        },
      },
    },
    [
      'WATCHBOT_NAME_TAKEN at watchbot.workers.thumbnails.events',
      '  given:   thumbnails beside tiles: each would make the bucket "tiles"',
      '  allowed: a bucket that one worker makes',
      '  do:      set `existing: true` for both, and define the bucket under `resources`',
    ],
  ],
  [
    'a date for a map',
    { ...C, reduce: new Date('2026-01-02T00:00:00Z') },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.reduce',
      '  given:   the date "2026-01-02T00:00:00.000Z"',
      '  allowed: what JSON has: text, a number, true, false, a list or a map',
      '  do:      put it in quotes: YAML takes it for a date without',
    ],
  ],
  [
    'a date deep in an extension',
    { ...C, extensions: { queue: { Tags: [new Date('2026-01-02T00:00:00Z')] } } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.extensions.queue.Tags[0]',
      '  given:   the date "2026-01-02T00:00:00.000Z"',
      '  allowed: what JSON has: text, a number, true, false, a list or a map',
      '  do:      put it in quotes: YAML takes it for a date without',
    ],
  ],
  [
    'a date for a key that is required',
    { ...C, events: [{ schedule: { rate: new Date('2026-01-02T00:00:00Z') } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].schedule.rate',
      '  given:   the date "2026-01-02T00:00:00.000Z"',
      '  allowed: what JSON has: text, a number, true, false, a list or a map',
      '  do:      put it in quotes: YAML takes it for a date without',
    ],
  ],
  [
    'a number that is none, in a pattern',
    { ...C, events: [{ eventBridge: { pattern: { size: [Number.NaN] } } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].eventBridge.pattern.size[0]',
      '  given:   NaN',
      '  allowed: a number that JSON has',
    ],
  ],

  // Command and image
  [
    'a command of the wrong type',
    { command: true },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.command',
      '  given:   true',
      '  allowed: a shell line or a list of arguments',
    ],
  ],
  [
    'an empty command',
    { command: '' },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.command', '  given:   ""', '  allowed: text that is not empty'],
  ],
  [
    'a blank command',
    { command: ' ' },
    [
      'WATCHBOT_MALFORMED at watchbot.command',
      '  given:   " "',
      '  allowed: a shell line, or a list whose first entry is a program',
    ],
  ],
  [
    'a command of no arguments',
    { command: [] },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.command', '  given:   []', '  allowed: at least 1 entry'],
  ],
  [
    'a command with a number',
    { command: ['sleep', 5] },
    ['WATCHBOT_WRONG_TYPE at watchbot.command[1]', '  given:   5', '  allowed: text'],
  ],
  [
    'a command whose program is empty',
    { command: ['', 'render.py'] },
    [
      'WATCHBOT_MALFORMED at watchbot.command',
      '  given:   ["","render.py"]',
      '  allowed: a shell line, or a list whose first entry is a program',
    ],
  ],
  [
    'an image of the wrong type',
    { ...C, image: 5 },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.image',
      '  given:   5',
      '  allowed: a folder, {path, dockerfile, buildArgs, target}, {uri} or {name}',
    ],
  ],
  [
    'an image without a value',
    { ...C, image: null },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.image',
      '  given:   null',
      '  allowed: a folder, {path, dockerfile, buildArgs, target}, {uri} or {name}',
    ],
  ],
  [
    'an image without a path, address or name',
    { ...C, image: { dockerfile: 'Dockerfile' } },
    [
      'WATCHBOT_MISSING_KEY at watchbot.image',
      '  allowed: one of path, uri, name',
      '  do:      add `path`: `.` is the folder of the service',
    ],
  ],
  [
    'an unknown key of an image',
    { ...C, image: { path: '.', dockerfil: 'x' } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.image.dockerfil',
      '  given:   dockerfil',
      '  allowed: path, dockerfile, buildArgs, target, uri, name',
      '  do:      did you mean "dockerfile"?',
    ],
  ],
  [
    'a build argument that is a number',
    { ...C, image: { path: '.', buildArgs: { LEVEL: 1 } } },
    ['WATCHBOT_WRONG_TYPE at watchbot.image.buildArgs.LEVEL', '  given:   1', '  allowed: text'],
  ],

  // Size
  [
    'an architecture that is not one',
    { ...C, architecture: 'arm' },
    ['WATCHBOT_NOT_ALLOWED at watchbot.architecture', '  given:   "arm"', '  allowed: x86_64, arm64'],
  ],
  [
    'an architecture of the wrong type',
    { ...C, architecture: 64 },
    ['WATCHBOT_NOT_ALLOWED at watchbot.architecture', '  given:   64', '  allowed: x86_64, arm64'],
  ],
  [
    'a cpu that is not one',
    { ...C, cpu: 300 },
    [
      'WATCHBOT_FARGATE_SIZE at watchbot.cpu',
      '  given:   cpu 300 with memory 512',
      '  allowed: cpu 256, 512, 1024, 2048, 4096, 8192, 16384',
      '  do:      choose one of these',
    ],
  ],
  [
    'a cpu that is text',
    { ...C, cpu: '256' },
    ['WATCHBOT_WRONG_TYPE at watchbot.cpu', '  given:   "256"', '  allowed: a whole number'],
  ],
  [
    'memory that is text',
    { ...C, memory: '512' },
    ['WATCHBOT_WRONG_TYPE at watchbot.memory', '  given:   "512"', '  allowed: a whole number'],
  ],
  [
    'memory that is no whole number',
    { ...C, memory: 512.5 },
    ['WATCHBOT_WRONG_TYPE at watchbot.memory', '  given:   512.5', '  allowed: a whole number'],
  ],
  [
    'no cpu and no memory',
    { ...C, cpu: 0, memory: 0 },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.cpu',
      '  given:   0',
      '  allowed: 1 or more',
      'WATCHBOT_OUT_OF_RANGE at watchbot.memory',
      '  given:   0',
      '  allowed: 1 or more',
    ],
  ],
  [
    'memory that is too small',
    { ...C, memory: 256 },
    [
      'WATCHBOT_FARGATE_SIZE at watchbot.memory',
      '  given:   cpu 256 with memory 256',
      '  allowed: with cpu 256: memory 512, 1024 or 2048',
      '  do:      choose one of these, or another `cpu`',
    ],
  ],
  [
    'memory that the cpu cannot have',
    { ...C, memory: 4096 },
    [
      'WATCHBOT_FARGATE_SIZE at watchbot.memory',
      '  given:   cpu 256 with memory 4096',
      '  allowed: with cpu 256: memory 512, 1024 or 2048',
      '  do:      choose one of these, or another `cpu`',
    ],
  ],
  [
    'a cpu that the default memory is too small for',
    { ...C, cpu: 16384 },
    [
      'WATCHBOT_FARGATE_SIZE at watchbot.memory',
      '  given:   cpu 16384 with memory 512',
      '  allowed: with cpu 16384: memory 32768 to 122880 in steps of 8192',
      '  do:      choose one of these, or another `cpu`',
    ],
  ],
  [
    'memory between two steps',
    { ...C, cpu: 1024, memory: 2500 },
    [
      'WATCHBOT_FARGATE_SIZE at watchbot.memory',
      '  given:   cpu 1024 with memory 2500',
      '  allowed: with cpu 1024: memory 2048 to 8192 in steps of 1024',
      '  do:      choose one of these, or another `cpu`',
    ],
  ],
  [
    'softMemory above memory',
    { ...C, softMemory: 600 },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.softMemory',
      '  given:   600',
      '  allowed: at most 512, the value of `memory`',
    ],
  ],
  [
    'a disk that is smaller than the smallest',
    { ...C, ephemeralStorage: 20 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.ephemeralStorage', '  given:   20', '  allowed: 21 to 200'],
  ],
  [
    'concurrency above the limit',
    { ...C, concurrency: 51 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.concurrency', '  given:   51', '  allowed: 1 to 50'],
  ],
  [
    'concurrency that is not a number at all',
    { ...C, concurrency: Number.NaN },
    ['WATCHBOT_WRONG_TYPE at watchbot.concurrency', '  given:   NaN', '  allowed: a whole number'],
  ],
  [
    'a duration above what SQS can hold a message for',
    { ...C, maxJobDuration: 43_201 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.maxJobDuration', '  given:   43201', '  allowed: 0 to 43200'],
  ],
  [
    "a stopTimeout above ECS's",
    { ...C, stopTimeout: 121 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.stopTimeout', '  given:   121', '  allowed: 10 to 120'],
  ],

  // Capacity
  [
    'a capacity that is not one',
    { ...C, capacity: 'LAMBDA' },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity',
      '  given:   "LAMBDA"',
      '  allowed: FARGATE, FARGATE_SPOT, EC2, or a list of {provider, weight, base}',
    ],
  ],
  [
    'a misspelt capacity',
    { ...C, capacity: 'FARGATE_SPPOT' },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity',
      '  given:   "FARGATE_SPPOT"',
      '  allowed: FARGATE, FARGATE_SPOT, EC2, or a list of {provider, weight, base}',
      '  do:      did you mean "FARGATE_SPOT"?',
    ],
  ],
  [
    'a capacity of the wrong type',
    { ...C, capacity: 5 },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.capacity',
      '  given:   5',
      '  allowed: FARGATE, FARGATE_SPOT, EC2, or a list of {provider, weight, base}',
    ],
  ],
  [
    'no capacity',
    { ...C, capacity: [] },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.capacity', '  given:   []', '  allowed: at least 1 entry'],
  ],
  [
    'a capacity without a provider',
    { ...C, capacity: [{ weight: 1 }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.capacity[0].provider',
      '  allowed: FARGATE, FARGATE_SPOT or the name of a capacity provider of your own',
      '  do:      add `provider`',
    ],
  ],
  [
    'an unknown key of a capacity',
    { ...C, capacity: [{ provider: 'FARGATE', wieght: 1 }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.capacity[0].wieght',
      '  given:   wieght',
      '  allowed: provider, weight, base',
      '  do:      did you mean "weight"?',
    ],
  ],
  [
    'a list of mere names',
    { ...C, capacity: ['FARGATE'] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.capacity[0]',
      '  given:   "FARGATE"',
      '  allowed: {provider, weight, base}',
    ],
  ],
  [
    'a weight above the limit',
    { ...C, capacity: [{ provider: 'FARGATE', weight: 1_001 }] },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.capacity[0].weight', '  given:   1001', '  allowed: 0 to 1000'],
  ],
  [
    'a base of two providers',
    {
      ...C,
      capacity: [
        { provider: 'FARGATE', base: 1 },
        { provider: 'FARGATE_SPOT', base: 1 },
      ],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   several entries with `base`',
      '  allowed: one entry with `base`',
    ],
  ],
  [
    'no weight anywhere',
    { ...C, capacity: [{ provider: 'FARGATE', weight: 0, base: 1 }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   weight 0 everywhere',
      '  allowed: one entry with a weight of 1 or more',
    ],
  ],

  [
    'a misspelt provider',
    { ...C, capacity: [{ provider: 'FARGATE_SPOTT' }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity[0].provider',
      '  given:   "FARGATE_SPOTT"',
      '  allowed: FARGATE, FARGATE_SPOT, or the name of a capacity provider, which does not begin with aws, ecs or fargate',
      '  do:      did you mean "FARGATE_SPOT"?',
    ],
  ],
  [
    'a provider in lower case',
    { ...C, capacity: [{ provider: 'fargate' }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity[0].provider',
      '  given:   "fargate"',
      '  allowed: FARGATE, FARGATE_SPOT, or the name of a capacity provider, which does not begin with aws, ecs or fargate',
      '  do:      did you mean "FARGATE"?',
    ],
  ],
  [
    'EC2 as a provider',
    { ...C, cluster: 'main', capacity: [{ provider: 'EC2' }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity[0].provider',
      '  given:   "EC2"',
      '  allowed: FARGATE, FARGATE_SPOT, or the name of a capacity provider, which does not begin with aws, ecs or fargate',
      '  do:      `capacity: EC2` stands alone: name a capacity provider, or leave the list out',
    ],
  ],
  [
    'a provider with a blank in its name',
    { ...C, cluster: 'main', capacity: [{ provider: 'my provider' }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity[0].provider',
      '  given:   "my provider"',
      '  allowed: FARGATE, FARGATE_SPOT, or the name of a capacity provider, which does not begin with aws, ecs or fargate',
      '  do:      name a capacity provider of the cluster',
    ],
  ],
  [
    'a provider that is a number',
    { ...C, capacity: [{ provider: 5 }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.capacity[0].provider',
      '  given:   5',
      '  allowed: FARGATE, FARGATE_SPOT or the name of a capacity provider of your own',
    ],
  ],
  [
    'a provider under the name that ECS has for it',
    { ...C, capacity: [{ capacityProvider: 'FARGATE_SPOT' }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.capacity[0].capacityProvider',
      '  given:   capacityProvider',
      '  allowed: provider, weight, base',
      '  do:      did you mean "provider"?',
    ],
  ],
  [
    "a provider of one's own as a word",
    { ...C, cluster: 'main', capacity: 'my-provider' },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity',
      '  given:   "my-provider"',
      '  allowed: FARGATE, FARGATE_SPOT, EC2, or a list of {provider, weight, base}',
    ],
  ],
  [
    'a share as a map',
    { ...C, capacity: { provider: 'FARGATE' } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.capacity',
      '  given:   {"provider":"FARGATE"}',
      '  allowed: FARGATE, FARGATE_SPOT, EC2, or a list of {provider, weight, base}',
    ],
  ],
  [
    'a provider for the second time',
    { ...C, capacity: [{ provider: 'FARGATE' }, { provider: 'FARGATE_SPOT' }, { provider: 'FARGATE' }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   "FARGATE" for the second time',
      '  allowed: each provider once',
    ],
  ],
  [
    'capacity of both kinds',
    { ...C, cluster: 'main', capacity: [{ provider: 'FARGATE' }, { provider: 'mine' }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   capacity of Fargate and of EC2',
      '  allowed: either Fargate or EC2 in one list, as ECS has it',
    ],
  ],
  [
    'more providers than a strategy takes',
    { ...C, cluster: 'main', capacity: Array.from({ length: 21 }, (_, i) => ({ provider: `p${i}` })) },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.capacity',
      '  given:   [{"provider":"p0"},{"provider":"p1"},{"provider":"p2"},{"provider":"p3"},{"prov…',
      '  allowed: at most 20 entries',
    ],
  ],
  [
    'EC2 without a cluster',
    { ...C, capacity: 'EC2' },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   EC2 without `cluster`',
      '  allowed: capacity of EC2 with `cluster`: the name or ARN of a cluster that has instances',
      '  do:      name the cluster, or use FARGATE',
    ],
  ],
  [
    "a provider of one's own without a cluster",
    { ...C, capacity: [{ provider: 'mine' }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   "mine" without `cluster`',
      '  allowed: capacity of EC2 with `cluster`: the name or ARN of a cluster that has instances',
      '  do:      name the cluster, or use FARGATE',
    ],
  ],
  [
    'a provider that is most likely Fargate, without a cluster',
    { ...C, capacity: [{ provider: 'FRGATE' }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   "FRGATE" without `cluster`',
      '  allowed: capacity of EC2 with `cluster`: the name or ARN of a cluster that has instances',
      '  do:      did you mean "FARGATE"?',
    ],
  ],
  [
    'EC2 with a cluster that is none, which is not also a missing one',
    { ...C, capacity: 'EC2', cluster: {} },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.cluster',
      '  given:   {}',
      '  allowed: text or a CloudFormation function',
    ],
  ],
  [
    'EC2 with public addresses',
    { ...C, cluster: 'main', capacity: 'EC2', vpc: { subnets: ['subnet-0a1b2c3d'], publicIp: true } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.vpc.publicIp',
      '  given:   true, with EC2 alone',
      '  allowed: EC2 in subnets that reach AWS through a NAT gateway or VPC endpoints, or without `vpc`',
      '  do:      remove `publicIp`, or remove `vpc`: tasks then have the network of their instance',
    ],
  ],
  [
    'what only EC2 has, on Fargate',
    {
      ...C,
      gpu: 1,
      privileged: true,
      placementConstraints: [{ type: 'distinctInstance' }],
      placementStrategies: [{ type: 'random' }],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.gpu',
      '  given:   `gpu` on Fargate',
      '  allowed: `gpu` with `capacity: EC2`',
      '  do:      remove it, or change `capacity`',
      'WATCHBOT_CONTRADICTION at watchbot.privileged',
      '  given:   `privileged` on Fargate',
      '  allowed: `privileged` with `capacity: EC2`',
      '  do:      remove it, or change `capacity`',
      'WATCHBOT_CONTRADICTION at watchbot.placementConstraints',
      '  given:   `placementConstraints` on Fargate',
      '  allowed: `placementConstraints` with `capacity: EC2`',
      '  do:      remove it, or change `capacity`',
      'WATCHBOT_CONTRADICTION at watchbot.placementStrategies',
      '  given:   `placementStrategies` on Fargate',
      '  allowed: `placementStrategies` with `capacity: EC2`',
      '  do:      remove it, or change `capacity`',
    ],
  ],
  [
    'a disk on EC2',
    { ...C, cluster: 'main', capacity: 'EC2', ephemeralStorage: 30 },
    [
      'WATCHBOT_CONTRADICTION at watchbot.ephemeralStorage',
      '  given:   `ephemeralStorage` on EC2',
      '  allowed: `ephemeralStorage` on Fargate',
      "  do:      remove it: tasks on EC2 have their instance's disk",
    ],
  ],
  [
    'GPUs out of their range',
    { ...C, gpu: 0 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.gpu', '  given:   0', '  allowed: 1 to 16'],
  ],
  [
    'more GPUs than an instance has',
    { ...C, gpu: 17 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.gpu', '  given:   17', '  allowed: 1 to 16'],
  ],
  [
    'privileged as text',
    { ...C, privileged: 'yes' },
    ['WATCHBOT_WRONG_TYPE at watchbot.privileged', '  given:   "yes"', '  allowed: true or false'],
  ],
  [
    'a type of placement that there is not',
    {
      ...C,
      cluster: 'main',
      capacity: 'EC2',
      placementConstraints: [{ type: 'membrOf' }],
      placementStrategies: [{ type: 'pack' }],
    },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.placementConstraints[0].type',
      '  given:   "membrOf"',
      '  allowed: distinctInstance, memberOf',
      '  do:      did you mean "memberOf"?',
      'WATCHBOT_NOT_ALLOWED at watchbot.placementStrategies[0].type',
      '  given:   "pack"',
      '  allowed: random, spread, binpack',
    ],
  ],
  [
    'placements without a type',
    { ...C, cluster: 'main', capacity: 'EC2', placementConstraints: [{}], placementStrategies: ['random'] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.placementConstraints[0].type',
      '  allowed: distinctInstance, memberOf',
      '  do:      add `type`',
      'WATCHBOT_WRONG_TYPE at watchbot.placementStrategies[0]',
      '  given:   "random"',
      '  allowed: {type, field}',
    ],
  ],
  [
    'placements without what their type needs',
    {
      ...C,
      cluster: 'main',
      capacity: 'EC2',
      placementConstraints: [{ type: 'memberOf' }],
      placementStrategies: [{ type: 'spread' }, { type: 'binpack' }],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.placementConstraints[0]',
      '  given:   memberOf without `expression`',
      '  allowed: `memberOf` with `expression`, `distinctInstance` without',
      'WATCHBOT_CONTRADICTION at watchbot.placementStrategies[0]',
      '  given:   spread without `field`',
      '  allowed: `spread` with `field`: instanceId, host or attribute:NAME',
      'WATCHBOT_CONTRADICTION at watchbot.placementStrategies[1]',
      '  given:   binpack without `field`',
      '  allowed: `binpack` with `field`: cpu or memory',
    ],
  ],
  [
    'placements with what their type does not take',
    {
      ...C,
      cluster: 'main',
      capacity: 'EC2',
      placementConstraints: [{ type: 'distinctInstance', expression: 'x' }],
      placementStrategies: [
        { type: 'spread', field: 'cpu' },
        { type: 'binpack', field: 'disk' },
        { type: 'random', field: 'host' },
      ],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.placementConstraints[0]',
      '  given:   distinctInstance with `expression`',
      '  allowed: `memberOf` with `expression`, `distinctInstance` without',
      'WATCHBOT_CONTRADICTION at watchbot.placementStrategies[0]',
      '  given:   spread with `field: cpu`',
      '  allowed: `spread` with `field`: instanceId, host or attribute:NAME',
      'WATCHBOT_CONTRADICTION at watchbot.placementStrategies[1]',
      '  given:   binpack with `field: disk`',
      '  allowed: `binpack` with `field`: cpu or memory',
      'WATCHBOT_CONTRADICTION at watchbot.placementStrategies[2]',
      '  given:   random with `field: host`',
      '  allowed: `random` without `field`',
    ],
  ],
  [
    'more placements than ECS takes',
    {
      ...C,
      cluster: 'main',
      capacity: 'EC2',
      placementConstraints: Array(11).fill({ type: 'distinctInstance' }),
      placementStrategies: Array(6).fill({ type: 'random' }),
    },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.placementConstraints',
      '  given:   [{"type":"distinctInstance"},{"type":"distinctInstance"},{"type":"distinctInsta…',
      '  allowed: at most 10 entries',
      'WATCHBOT_OUT_OF_RANGE at watchbot.placementStrategies',
      '  given:   [{"type":"random"},{"type":"random"},{"type":"random"},{"type":"random"},{"type…',
      '  allowed: at most 5 entries',
    ],
  ],
  [
    'a container that is too small for EC2',
    { ...C, cluster: 'main', capacity: 'EC2', cpu: 1, memory: 5 },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.cpu',
      '  given:   1',
      '  allowed: 2 to 196608 on EC2',
      'WATCHBOT_OUT_OF_RANGE at watchbot.memory',
      '  given:   5',
      '  allowed: 6 or more on EC2',
    ],
  ],
  [
    'a container that is too large for EC2',
    { ...C, cluster: 'main', capacity: 'EC2', cpu: 196_609 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.cpu', '  given:   196609', '  allowed: 2 to 196608 on EC2'],
  ],
  [
    'softMemory that leaves no room below the limit of EC2',
    { ...C, cluster: 'main', capacity: 'EC2', softMemory: 512 },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.softMemory',
      '  given:   512',
      '  allowed: at most 511, less than `memory`',
    ],
  ],

  // Environment and secrets
  [
    'a list as environment',
    { ...C, environment: ['A=1'] },
    ['WATCHBOT_WRONG_TYPE at watchbot.environment', '  given:   ["A=1"]', '  allowed: a map of keys'],
  ],
  [
    'a name that no shell takes',
    { ...C, environment: { 'LOG-LEVEL': 'debug' } },
    [
      'WATCHBOT_MALFORMED at watchbot.environment.LOG-LEVEL',
      '  given:   LOG-LEVEL',
      '  allowed: a name of letters, digits and underscores that does not begin with a digit',
      '  do:      choose another name',
    ],
  ],
  [
    'a variable without a value',
    { ...C, environment: { LEVEL: null } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.LEVEL',
      '  given:   null',
      '  allowed: text, a number, true, false or a CloudFormation function',
    ],
  ],
  [
    'variables without values, one name the beginning of the other',
    { ...C, environment: { A: null, AB: null } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.A',
      '  given:   null',
      '  allowed: text, a number, true, false or a CloudFormation function',
      'WATCHBOT_WRONG_TYPE at watchbot.environment.AB',
      '  given:   null',
      '  allowed: text, a number, true, false or a CloudFormation function',
    ],
  ],
  [
    'a variable that is a list',
    { ...C, environment: { LEVEL: ['debug'] } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.LEVEL',
      '  given:   ["debug"]',
      '  allowed: text, a number, true, false or a CloudFormation function',
    ],
  ],
  [
    'a variable that is a map, but no function',
    { ...C, environment: { LEVEL: { Foo: 1 } } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.LEVEL',
      '  given:   {"Foo":1}',
      '  allowed: text, a number, true, false or a CloudFormation function',
    ],
  ],
  [
    'a function with nothing in it',
    { ...C, environment: { LEVEL: { Ref: null } } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.LEVEL.Ref',
      '  given:   null',
      '  allowed: a value: CloudFormation takes no null',
      '  do:      give it a value, or remove it',
    ],
  ],
  [
    'two functions in one',
    { ...C, environment: { LEVEL: { Ref: 'A', 'Fn::Sub': 'B' } } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.LEVEL',
      '  given:   {"Ref":"A","Fn::Sub":"B"}',
      '  allowed: text, a number, true, false or a CloudFormation function',
    ],
  ],
  [
    'a date, which YAML makes of 2026-01-02',
    { ...C, environment: { FROM: new Date('2026-01-02T00:00:00Z') } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.FROM',
      '  given:   the date "2026-01-02T00:00:00.000Z"',
      '  allowed: what JSON has: text, a number, true, false, a list or a map',
      '  do:      put it in quotes: YAML takes it for a date without',
    ],
  ],
  [
    'a number that is none',
    { ...C, environment: { LEVEL: Number.POSITIVE_INFINITY } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.environment.LEVEL',
      '  given:   Infinity',
      '  allowed: text, a number, true, false or a CloudFormation function',
    ],
  ],
  [
    'a variable that the watcher sets',
    { ...C, environment: { QueueUrl: 'https://example.com' } },
    [
      'WATCHBOT_RESERVED_VARIABLE at watchbot.environment.QueueUrl',
      '  given:   QueueUrl',
      `  allowed: ${VARIABLES}`,
      '  do:      choose another name: the watcher and ECS set these themselves',
    ],
  ],
  [
    'a secret under a name that ECS sets',
    { ...C, secrets: { ECS_CONTAINER_METADATA_URI: '/tiles/key' } },
    [
      'WATCHBOT_RESERVED_VARIABLE at watchbot.secrets.ECS_CONTAINER_METADATA_URI',
      '  given:   ECS_CONTAINER_METADATA_URI',
      `  allowed: ${VARIABLES}`,
      '  do:      choose another name: the watcher and ECS set these themselves',
    ],
  ],
  [
    'a name under which a variable waits for workers',
    { ...C, environment: { WATCHBOT_WORKER_NODE_OPTIONS: '--inspect' } },
    [
      'WATCHBOT_RESERVED_VARIABLE at watchbot.environment.WATCHBOT_WORKER_NODE_OPTIONS',
      '  given:   WATCHBOT_WORKER_NODE_OPTIONS',
      `  allowed: ${VARIABLES}`,
      '  do:      choose another name: the watcher and ECS set these themselves',
    ],
  ],
  [
    'a secret of the wrong type',
    { ...C, secrets: { KEY: 5 } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.secrets.KEY',
      '  given:   5',
      '  allowed: an SSM parameter, a Secrets Manager ARN, {ssm: …} or {secretsManager: …}',
    ],
  ],
  [
    'a secret that is empty',
    { ...C, secrets: { KEY: {} } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.secrets.KEY',
      '  given:   {}',
      '  allowed: an SSM parameter, a Secrets Manager ARN, {ssm: …} or {secretsManager: …}',
    ],
  ],
  [
    'a secret with a misspelt key',
    { ...C, secrets: { KEY: { smm: '/tiles/key' } } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.secrets.KEY',
      '  given:   {"smm":"/tiles/key"}',
      '  allowed: an SSM parameter, a Secrets Manager ARN, {ssm: …} or {secretsManager: …}',
    ],
  ],
  [
    'a secret with an ARN of something else',
    { ...C, secrets: { KEY: 'arn:aws:s3:::tiles/key' } },
    [
      'WATCHBOT_MALFORMED at watchbot.secrets.KEY',
      '  given:   "arn:aws:s3:::tiles/key"',
      '  allowed: the name or ARN of an SSM parameter (/tiles/key, arn:aws:ssm:REGION:ACCOUNT:parameter/NAME), or a Secrets Manager ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME)',
    ],
  ],
  [
    'a Secrets Manager secret that is only named',
    { ...C, secrets: { KEY: { secretsManager: 'key' } } },
    [
      'WATCHBOT_MALFORMED at watchbot.secrets.KEY',
      '  given:   {"secretsManager":"key"}',
      '  allowed: the name or ARN of an SSM parameter (/tiles/key, arn:aws:ssm:REGION:ACCOUNT:parameter/NAME), or a Secrets Manager ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME)',
    ],
  ],
  [
    'a parameter that has the ARN of a secret',
    { ...C, secrets: { KEY: { ssm: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf' } } },
    [
      'WATCHBOT_MALFORMED at watchbot.secrets.KEY',
      '  given:   {"ssm":"arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf"}',
      '  allowed: the name or ARN of an SSM parameter (/tiles/key, arn:aws:ssm:REGION:ACCOUNT:parameter/NAME), or a Secrets Manager ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME)',
    ],
  ],
  [
    'a name that is both a variable and a secret',
    { ...C, environment: { KEY: 'x' }, secrets: { KEY: '/tiles/key' } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.secrets.KEY',
      '  given:   KEY in `secrets` and in `environment`',
      '  allowed: a name in one of the two',
      '  do:      remove one of them, or choose another name',
    ],
  ],

  // Permissions
  [
    'permissions that are no list',
    { ...C, permissions: { Action: 's3:GetObject', Resource: '*' } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.permissions',
      '  given:   {"Action":"s3:GetObject","Resource":"*"}',
      '  allowed: a list of statements',
    ],
  ],
  [
    'a statement with nothing in it',
    { ...C, permissions: [{}] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.permissions[0].Action',
      '  allowed: an action like s3:GetObject, or a list of them',
      '  do:      add `Action`',
      'WATCHBOT_MISSING_KEY at watchbot.permissions[0].Resource',
      '  allowed: an ARN, a CloudFormation function, or a list of them',
      '  do:      add `Resource`',
    ],
  ],
  [
    'an action without a service',
    { ...C, permissions: [{ Action: 'GetObject', Resource: '*' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.permissions[0].Action',
      '  given:   "GetObject"',
      '  allowed: an action like s3:GetObject',
    ],
  ],
  [
    'an action that is a number, among others',
    { ...C, permissions: [{ Action: ['s3:GetObject', 5], Resource: '*' }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.permissions[0].Action[1]',
      '  given:   5',
      '  allowed: an action like s3:GetObject',
    ],
  ],
  [
    'an effect in lower case',
    { ...C, permissions: [{ Effect: 'allow', Action: 's3:GetObject', Resource: '*' }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.permissions[0].Effect',
      '  given:   "allow"',
      '  allowed: Allow, Deny',
      '  do:      did you mean "Allow"?',
    ],
  ],
  [
    'a resource of the wrong type',
    { ...C, permissions: [{ Action: 's3:GetObject', Resource: 5 }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.permissions[0].Resource',
      '  given:   5',
      '  allowed: an ARN, a CloudFormation function, or a list of them',
    ],
  ],
  [
    "a principal, which a role's policy cannot have",
    { ...C, permissions: [{ Action: 's3:GetObject', Resource: '*', Principal: '*' }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.permissions[0].Principal',
      '  given:   Principal',
      '  allowed: Effect, Action, Resource, Condition, Sid',
      '  do:      remove it',
    ],
  ],
  [
    'a condition with nothing in it',
    { ...C, permissions: [{ Action: 's3:GetObject', Resource: '*', Condition: { Bool: null } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.permissions[0].Condition.Bool',
      '  given:   null',
      '  allowed: a value: CloudFormation takes no null',
      '  do:      give it a value, or remove it',
    ],
  ],
  [
    "a statement's name with a dash",
    { ...C, permissions: [{ Action: 's3:GetObject', Resource: '*', Sid: 'read-tiles' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.permissions[0].Sid',
      '  given:   "read-tiles"',
      '  allowed: letters and digits',
    ],
  ],
  [
    'two statements of one name',
    {
      ...C,
      permissions: [
        { Action: 's3:GetObject', Resource: '*', Sid: 'Tiles' },
        { Action: 's3:PutObject', Resource: '*', Sid: 'Tiles' },
      ],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.permissions[1].Sid',
      '  given:   "Tiles", as in watchbot.permissions[0]',
      '  allowed: a name for one statement only',
      '  do:      remove it, or choose another name',
    ],
  ],
  [
    'a managed policy that is only named',
    { ...C, managedPolicies: ['AmazonS3ReadOnlyAccess'] },
    [
      'WATCHBOT_MALFORMED at watchbot.managedPolicies[0]',
      '  given:   "AmazonS3ReadOnlyAccess"',
      '  allowed: an ARN like arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess, or a CloudFormation function',
    ],
  ],
  [
    'eleven managed policies',
    { ...C, managedPolicies: Array.from({ length: 11 }, (_, i) => ({ Ref: `P${i}` })) },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.managedPolicies',
      '  given:   [{"Ref":"P0"},{"Ref":"P1"},{"Ref":"P2"},{"Ref":"P3"},{"Ref":"P4"},{"Ref":"P5"},…',
      '  allowed: at most 10 entries',
    ],
  ],

  // Queue, topic, scaling
  [
    'a queue without keys',
    { ...C, queue: null },
    ['WATCHBOT_WRONG_TYPE at watchbot.queue', '  given:   null', '  allowed: a map of keys'],
  ],
  [
    'a misspelt key of the queue',
    { ...C, queue: { visibilityTimout: 60 } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.queue.visibilityTimout',
      '  given:   visibilityTimout',
      '  allowed: fifo, visibilityTimeout, retention, maxReceives, delay, deadLetter, encryption, arn',
      '  do:      did you mean "visibilityTimeout"?',
    ],
  ],
  [
    "a worker's key in the queue",
    { ...C, queue: { command: 'true' } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.queue.command',
      '  given:   command',
      '  allowed: fifo, visibilityTimeout, retention, maxReceives, delay, deadLetter, encryption, arn',
      '  do:      remove it',
    ],
  ],
  [
    "a queue's numbers out of their ranges",
    { ...C, queue: { visibilityTimeout: 5, retention: 1, maxReceives: 0, delay: 901 } },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.queue.visibilityTimeout',
      '  given:   5',
      '  allowed: 15 to 43200',
      'WATCHBOT_OUT_OF_RANGE at watchbot.queue.retention',
      '  given:   1',
      '  allowed: 60 to 1209600',
      'WATCHBOT_OUT_OF_RANGE at watchbot.queue.maxReceives',
      '  given:   0',
      '  allowed: 1 to 1000',
      'WATCHBOT_OUT_OF_RANGE at watchbot.queue.delay',
      '  given:   901',
      '  allowed: 0 to 900',
    ],
  ],
  [
    'fifo as text',
    { ...C, queue: { fifo: 'yes' } },
    ['WATCHBOT_WRONG_TYPE at watchbot.queue.fifo', '  given:   "yes"', '  allowed: true or false'],
  ],
  [
    'no dead-letter queue for a standard queue',
    { ...C, queue: { deadLetter: false } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.deadLetter',
      '  given:   false with `fifo: false`',
      '  allowed: `deadLetter: false` only with `fifo: true`',
      '  do:      remove `deadLetter`, or raise `maxReceives`',
    ],
  ],
  [
    'topic as text',
    { ...C, topic: 'yes' },
    ['WATCHBOT_WRONG_TYPE at watchbot.topic', '  given:   "yes"', '  allowed: true or false'],
  ],
  [
    'scaling as a number',
    { ...C, scaling: 5 },
    ['WATCHBOT_WRONG_TYPE at watchbot.scaling', '  given:   5', '  allowed: a map of keys'],
  ],
  [
    'an unknown key of scaling',
    { ...C, scaling: { maxx: 5 } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.scaling.maxx',
      '  given:   maxx',
      '  allowed: min, max, jobDuration, latency, groups, steps, compatibility',
      '  do:      did you mean "max"?',
    ],
  ],
  [
    'bounds of scaling that are too small',
    { ...C, scaling: { min: -1, max: 0 } },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.scaling.min',
      '  given:   -1',
      '  allowed: 0 to 5000',
      'WATCHBOT_OUT_OF_RANGE at watchbot.scaling.max',
      '  given:   0',
      '  allowed: 1 to 5000',
    ],
  ],
  [
    'min above the default of max',
    { ...C, scaling: { min: 2 } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.min',
      '  given:   min 2, max 1',
      '  allowed: `min` at most `max`',
      '  do:      raise `max` (its default is 1) or lower `min`',
    ],
  ],
  [
    'min above max',
    { ...C, scaling: { min: 9, max: 5 } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.min',
      '  given:   min 9, max 5',
      '  allowed: `min` at most `max`',
      '  do:      raise `max` or lower `min`',
    ],
  ],
  [
    'values of scaling that cannot be',
    {
      ...C,
      scaling: { jobDuration: 0, latency: 10, groups: 0, steps: [], compatibility: 'copilot' },
    },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.scaling.jobDuration',
      '  given:   0',
      '  allowed: 0.01 to 43200',
      'WATCHBOT_OUT_OF_RANGE at watchbot.scaling.latency',
      '  given:   10',
      '  allowed: 60 to 1209600',
      'WATCHBOT_OUT_OF_RANGE at watchbot.scaling.groups',
      '  given:   0',
      '  allowed: 1 or more',
      'WATCHBOT_OUT_OF_RANGE at watchbot.scaling.steps',
      '  given:   []',
      '  allowed: at least 1 entry',
      'WATCHBOT_NOT_ALLOWED at watchbot.scaling.compatibility',
      '  given:   "copilot"',
      '  allowed: watchbot',
    ],
  ],
  [
    'more steps than AWS takes',
    {
      ...C,
      scaling: {
        max: 50,
        steps: Array.from({ length: 21 }, (_, index) => ({ messages: index + 1, tasks: index + 1 })),
      },
    },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.scaling.steps',
      '  given:   [{"messages":1,"tasks":1},{"messages":2,"tasks":2},{"messages":3,"tasks":3},{"m…',
      '  allowed: at most 20 entries',
    ],
  ],
  [
    'steps beside what they would be worked out from',
    {
      ...C,
      scaling: { steps: [{ messages: 1, tasks: 1 }], jobDuration: 5, latency: 60 },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.jobDuration',
      '  given:   `jobDuration` with `steps`',
      '  allowed: `steps` with `min` and `max` alone: it says how many tasks there are',
      '  do:      remove one of the two',
      'WATCHBOT_CONTRADICTION at watchbot.scaling.latency',
      '  given:   `latency` with `steps`',
      '  allowed: `steps` with `min` and `max` alone: it says how many tasks there are',
      '  do:      remove one of the two',
    ],
  ],
  [
    "Watchbot's policy beside another one",
    {
      ...C,
      scaling: { compatibility: 'watchbot', steps: [{ messages: 1, tasks: 1 }], jobDuration: 5 },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.steps',
      '  given:   `steps` with `compatibility`',
      '  allowed: `compatibility` with `min` and `max` alone: it says how many tasks there are',
      '  do:      remove one of the two',
      'WATCHBOT_CONTRADICTION at watchbot.scaling.jobDuration',
      '  given:   `jobDuration` with `compatibility`',
      '  allowed: `compatibility` with `min` and `max` alone: it says how many tasks there are',
      '  do:      remove one of the two',
    ],
  ],
  [
    'steps that do not ascend',
    {
      ...C,
      scaling: {
        max: 50,
        steps: [
          { messages: 1, tasks: 5 },
          { messages: 100, tasks: 5 },
          { messages: 100, tasks: 20 },
        ],
      },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.steps[1].tasks',
      '  given:   5, after 5',
      '  allowed: steps that ascend: more messages and more tasks than the step before',
      'WATCHBOT_CONTRADICTION at watchbot.scaling.steps[2].messages',
      '  given:   100, after 100',
      '  allowed: steps that ascend: more messages and more tasks than the step before',
    ],
  ],
  [
    'steps beyond the bounds, and a first one that leaves messages waiting',
    {
      ...C,
      scaling: {
        max: 10,
        steps: [
          { messages: 10, tasks: 5 },
          { messages: 100, tasks: 20 },
        ],
      },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.steps[1].tasks',
      '  given:   20 tasks, with min 0 and max 10',
      '  allowed: 1 to 10 tasks',
      '  do:      raise `max`, or lower the step',
      'WATCHBOT_CONTRADICTION at watchbot.scaling.steps[0].messages',
      '  given:   10',
      '  allowed: 1 in the first step: it says what there is for the fewest messages',
      '  do:      begin with `{messages: 1, tasks: 1}`',
    ],
  ],
  [
    'a step below min',
    { ...C, scaling: { min: 4, max: 10, steps: [{ messages: 1, tasks: 2 }] } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.steps[0].tasks',
      '  given:   2 tasks, with min 4 and max 10',
      '  allowed: 4 to 10 tasks',
      '  do:      lower `min`, or raise the step',
    ],
  ],
  [
    'a latency without a duration',
    { ...C, scaling: { latency: 300 } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.latency',
      '  given:   `latency` without `jobDuration`',
      '  allowed: both: how many messages a task gets done in time follows from how long one takes',
      '  do:      add `jobDuration`, the seconds that a job usually takes',
    ],
  ],
  [
    'a duration beyond the longest',
    { ...C, maxJobDuration: 60, scaling: { jobDuration: 90 } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.jobDuration',
      '  given:   90 seconds, with `maxJobDuration: 60`',
      '  allowed: `jobDuration` at most `maxJobDuration`, after which a job is stopped',
    ],
  ],
  [
    'groups of a standard queue',
    { ...C, scaling: { groups: 5 } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.scaling.groups',
      '  given:   `groups` with a standard queue',
      '  allowed: `groups` of a FIFO queue: on a standard queue no message waits for another one',
      '  do:      remove `groups`, or set `queue.fifo`',
    ],
  ],
  [
    'jobs side by side in a container for one',
    { ...C, writableFilesystem: true, concurrency: 2 },
    [
      'WATCHBOT_CONTRADICTION at watchbot.concurrency',
      '  given:   concurrency 2 with `writableFilesystem: true`',
      '  allowed: concurrency 1 with `writableFilesystem`: every job gets a fresh container',
      '  do:      remove one of the two; more tasks come with `scaling.max`',
    ],
  ],

  [
    'an existing queue with settings of one that is made',
    {
      ...C,
      queue: { arn: QUEUE, retention: 60, maxReceives: 5, delay: 5, deadLetter: true, encryption: 'KMS' },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.retention',
      '  given:   `retention: 60` with `arn`',
      '  allowed: `retention` of a queue that is made here, without `arn`',
      '  do:      remove it, or change the queue where it is defined',
      'WATCHBOT_CONTRADICTION at watchbot.queue.maxReceives',
      '  given:   `maxReceives: 5` with `arn`',
      '  allowed: `maxReceives` of a queue that is made here, without `arn`',
      '  do:      remove it, or change the queue where it is defined',
      'WATCHBOT_CONTRADICTION at watchbot.queue.delay',
      '  given:   `delay: 5` with `arn`',
      '  allowed: `delay` of a queue that is made here, without `arn`',
      '  do:      remove it, or change the queue where it is defined',
      'WATCHBOT_CONTRADICTION at watchbot.queue.deadLetter',
      '  given:   `deadLetter: true` with `arn`',
      '  allowed: `deadLetter` of a queue that is made here, without `arn`',
      '  do:      remove it, or change the queue where it is defined',
      'WATCHBOT_CONTRADICTION at watchbot.queue.encryption',
      '  given:   `encryption: KMS` with `arn`',
      '  allowed: `encryption` of a queue that is made here, without `arn`',
      '  do:      remove it, or change the queue where it is defined',
    ],
  ],
  [
    'an existing queue by its name',
    { ...C, queue: { arn: 'tiles' } },
    [
      'WATCHBOT_MALFORMED at watchbot.queue.arn',
      '  given:   "tiles"',
      '  allowed: an ARN like arn:aws:sqs:REGION:ACCOUNT:NAME, or a CloudFormation function',
    ],
  ],
  [
    'an existing queue by its address',
    { ...C, queue: { arn: 'https://sqs.us-east-1.amazonaws.com/123456789012/tiles' } },
    [
      'WATCHBOT_MALFORMED at watchbot.queue.arn',
      '  given:   "https://sqs.us-east-1.amazonaws.com/123456789012/tiles"',
      '  allowed: an ARN like arn:aws:sqs:REGION:ACCOUNT:NAME, or a CloudFormation function',
    ],
  ],
  [
    'an existing queue that is a number',
    { ...C, queue: { arn: 5 } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.queue.arn',
      '  given:   5',
      '  allowed: the ARN of a queue or a CloudFormation function',
    ],
  ],
  [
    'an existing queue in another region',
    { ...C, queue: { arn: 'arn:aws:sqs:eu-west-1:123456789012:tiles' } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.arn',
      '  given:   a queue in eu-west-1, with the service in us-east-1',
      '  allowed: a queue in the region of the service: its metrics, which scaling needs, are there',
    ],
  ],
  [
    'an existing standard queue as FIFO',
    { ...C, queue: { arn: QUEUE, fifo: true } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.fifo',
      '  given:   true, with "arn:aws:sqs:us-east-1:123456789012:tiles", whose name does not end with .fifo',
      '  allowed: the kind that the queue is of',
      '  do:      remove `fifo`: it follows from the ARN',
    ],
  ],
  [
    'an existing queue behind a topic',
    { ...C, topic: true, queue: { arn: QUEUE } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.topic',
      '  given:   true with `queue.arn`',
      '  allowed: with `queue.arn`: no topic, and only `schedule` and `webhook` among the events',
      "  do:      subscribe the queue where it is defined, so that its policy stays its owner's",
    ],
  ],
  [
    'an existing queue with sources that need its leave',
    {
      ...C,
      queue: { arn: QUEUE },
      events: [{ sns: TOPIC }, { eventBridge: { pattern: { source: ['a'] } } }, { s3: { bucket: 'tiles' } }],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0].sns',
      '  given:   a source that the policy of the queue must let in',
      '  allowed: with `queue.arn`: no topic, and only `schedule` and `webhook` among the events',
      "  do:      subscribe the queue where it is defined, so that its policy stays its owner's",
      'WATCHBOT_CONTRADICTION at watchbot.events[1].eventBridge',
      '  given:   a source that the policy of the queue must let in',
      '  allowed: with `queue.arn`: no topic, and only `schedule` and `webhook` among the events',
      "  do:      subscribe the queue where it is defined, so that its policy stays its owner's",
      'WATCHBOT_CONTRADICTION at watchbot.events[2].s3',
      '  given:   a source that the policy of the queue must let in',
      '  allowed: with `queue.arn`: no topic, and only `schedule` and `webhook` among the events',
      "  do:      subscribe the queue where it is defined, so that its policy stays its owner's",
    ],
  ],
  [
    'a dead-letter queue by its name',
    { ...C, queue: { deadLetter: 'tiles' } },
    [
      'WATCHBOT_MALFORMED at watchbot.queue.deadLetter',
      '  given:   "tiles"',
      '  allowed: an ARN like arn:aws:sqs:REGION:ACCOUNT:NAME, or a CloudFormation function',
    ],
  ],
  [
    'a dead-letter queue that is a number',
    { ...C, queue: { deadLetter: 5 } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.queue.deadLetter',
      '  given:   5',
      '  allowed: `true`, `false`, the ARN of a queue or a CloudFormation function',
    ],
  ],
  [
    'a FIFO dead-letter queue of a standard queue',
    { ...C, queue: { deadLetter: `${QUEUE}.fifo` } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.deadLetter',
      '  given:   a FIFO queue for the dead letters of a standard queue',
      '  allowed: two queues of the same kind',
    ],
  ],
  [
    'a standard dead-letter queue of a FIFO queue',
    { ...C, queue: { fifo: true, deadLetter: QUEUE } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.deadLetter',
      '  given:   a standard queue for the dead letters of a FIFO queue',
      '  allowed: two queues of the same kind',
    ],
  ],
  [
    'a queue that is its own dead-letter queue',
    { ...C, queue: { arn: QUEUE, deadLetter: QUEUE } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.deadLetter',
      '  given:   the queue itself',
      '  allowed: another queue',
    ],
  ],
  [
    'encryption that is not one',
    { ...C, queue: { encryption: 'none' } },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.queue.encryption',
      '  given:   "none"',
      '  allowed: SSE-SQS, KMS, or a key: arn:aws:kms:REGION:ACCOUNT:key/ID, its id, or alias/NAME',
    ],
  ],
  [
    'encryption as SQS calls it',
    { ...C, queue: { encryption: 'SSE-KMS' } },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.queue.encryption',
      '  given:   "SSE-KMS"',
      '  allowed: SSE-SQS, KMS, or a key: arn:aws:kms:REGION:ACCOUNT:key/ID, its id, or alias/NAME',
      '  do:      did you mean "KMS"?',
    ],
  ],
  [
    'a misspelt encryption',
    { ...C, queue: { encryption: 'SSE_SQS' } },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.queue.encryption',
      '  given:   "SSE_SQS"',
      '  allowed: SSE-SQS, KMS, or a key: arn:aws:kms:REGION:ACCOUNT:key/ID, its id, or alias/NAME',
      '  do:      did you mean "SSE-SQS"?',
    ],
  ],
  [
    'encryption switched off',
    { ...C, queue: { encryption: false } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.queue.encryption',
      '  given:   false',
      '  allowed: `SSE-SQS`, `KMS`, the ARN, id or alias of a key, or a CloudFormation function',
    ],
  ],
  [
    "AWS's key behind the topic",
    { ...C, queue: { encryption: 'alias/aws/sqs' } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.encryption',
      '  given:   "alias/aws/sqs" behind the topic',
      "  allowed: SSE-SQS, KMS or a key of your own: AWS's key lets no service send, and their messages would be lost",
      '  do:      use KMS, or `topic: false` and no such events',
    ],
  ],
  [
    "AWS's key, by its ARN, behind sources",
    {
      ...C,
      topic: false,
      queue: { encryption: 'arn:aws:kms:us-east-1:123456789012:alias/aws/sqs' },
      events: [{ s3: { bucket: 'tiles' } }, { sns: TOPIC }, { schedule: 'rate(1 day)' }],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.queue.encryption',
      '  given:   "arn:aws:kms:us-east-1:123456789012:alias/aws/sqs" behind s3, sns',
      "  allowed: SSE-SQS, KMS or a key of your own: AWS's key lets no service send, and their messages would be lost",
      '  do:      use KMS, or `topic: false` and no such events',
    ],
  ],
  [
    'keys of maps that are left out or could be either, and one of a health check that is only on',
    { ...C, fifo: true, retention: 60, timeout: 5 },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.fifo',
      '  given:   fifo',
      `  allowed: ${KEYS}`,
      '  do:      move it into `queue`',
      'WATCHBOT_UNKNOWN_KEY at watchbot.retention',
      '  given:   retention',
      `  allowed: ${KEYS}`,
      '  do:      move it into `queue` or `logs`',
      'WATCHBOT_UNKNOWN_KEY at watchbot.timeout',
      '  given:   timeout',
      `  allowed: ${KEYS}`,
      '  do:      remove it',
    ],
  ],
  [
    'a key of a queue beside it, as two blanks too few make it',
    { ...C, queue: null, fifo: true },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.fifo',
      '  given:   fifo',
      `  allowed: ${KEYS}`,
      '  do:      move it into `queue`',
      'WATCHBOT_WRONG_TYPE at watchbot.queue',
      '  given:   null',
      '  allowed: a map of keys',
    ],
  ],

  // Events
  [
    'events as a map',
    { ...C, events: { sns: TOPIC } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events',
      '  given:   {"sns":"arn:aws:sns:us-east-1:123456789012:tiles"}',
      '  allowed: a list, with one of sns, eventBridge, schedule, s3, webhook in an entry',
    ],
  ],
  [
    'sources that are no maps',
    { ...C, events: ['sns', null] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0]',
      '  given:   "sns"',
      '  allowed: one of sns, eventBridge, schedule, s3, webhook in an entry',
      'WATCHBOT_WRONG_TYPE at watchbot.events[1]',
      '  given:   null',
      '  allowed: one of sns, eventBridge, schedule, s3, webhook in an entry',
    ],
  ],
  [
    'an entry with nothing in it',
    { ...C, events: [{}] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0]',
      '  given:   {}',
      '  allowed: one of sns, eventBridge, schedule, s3, webhook in an entry',
    ],
  ],
  [
    'two sources in an entry',
    { ...C, events: [{ sns: TOPIC, s3: { bucket: 'tiles' } }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0]',
      '  given:   sns, s3',
      '  allowed: one of sns, eventBridge, schedule, s3, webhook in an entry',
      '  do:      make an entry of each',
    ],
  ],
  [
    'two sources in an entry with a key that is none',
    { ...C, events: [{ sns: TOPIC, schedule: 'rate(1 day)', filter: {} }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0]',
      '  given:   sns, schedule',
      '  allowed: one of sns, eventBridge, schedule, s3, webhook in an entry',
      '  do:      make an entry of each',
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].filter',
      '  given:   filter',
      '  allowed: sns, eventBridge, schedule, s3, webhook',
      '  do:      remove it',
    ],
  ],
  [
    'a source that there is not',
    { ...C, events: [{ kinesis: 'arn:aws:kinesis:us-east-1:123456789012:stream/tiles' }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].kinesis',
      '  given:   kinesis',
      '  allowed: sns, eventBridge, schedule, s3, webhook',
      '  do:      remove it',
    ],
  ],
  [
    'a misspelt source',
    { ...C, events: [{ eventbridge: { pattern: { source: ['a'] } } }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].eventbridge',
      '  given:   eventbridge',
      '  allowed: sns, eventBridge, schedule, s3, webhook',
      '  do:      did you mean "eventBridge"?',
    ],
  ],
  [
    'a key of a source beside it, as two blanks too few make it',
    { ...C, events: [{ s3: null, bucket: 'tiles' }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].bucket',
      '  given:   bucket',
      '  allowed: sns, eventBridge, schedule, s3, webhook',
      '  do:      move it into `s3`',
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].s3',
      '  given:   null',
      '  allowed: {bucket, event, prefix, suffix, existing, messageGroupId}',
    ],
  ],
  [
    'a key of a source beside its short form',
    { ...C, events: [{ schedule: 'rate(1 day)', enabled: false }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].enabled',
      '  given:   enabled',
      '  allowed: sns, eventBridge, schedule, s3, webhook',
      '  do:      move it into `schedule`, which is a map then: {rate, timezone, input, enabled, messageGroupId}',
    ],
  ],
  [
    "more sources than a queue's policy has room for",
    { ...C, events: Array.from({ length: 51 }, () => ({ schedule: 'rate(1 day)' })) },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events',
      '  given:   [{"schedule":"rate(1 day)"},{"schedule":"rate(1 day)"},{"schedule":"rate(1 day)…',
      '  allowed: at most 50 entries',
    ],
  ],
  [
    'a topic by its name',
    { ...C, events: [{ sns: 'tiles' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].sns',
      '  given:   "tiles"',
      '  allowed: an ARN like arn:aws:sns:REGION:ACCOUNT:NAME, or a CloudFormation function',
    ],
  ],
  [
    'a topic by its name, in a map',
    { ...C, events: [{ sns: { arn: 'tiles' } }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].sns.arn',
      '  given:   "tiles"',
      '  allowed: an ARN like arn:aws:sns:REGION:ACCOUNT:NAME, or a CloudFormation function',
    ],
  ],
  [
    'a topic of the wrong type',
    { ...C, events: [{ sns: 5 }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].sns',
      '  given:   5',
      '  allowed: the ARN of a topic, a CloudFormation function or {arn, filterPolicy, filterPolicyScope, rawMessageDelivery}',
    ],
  ],
  [
    'a topic that is empty',
    { ...C, events: [{ sns: '' }] },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.events[0].sns', '  given:   ""', '  allowed: text that is not empty'],
  ],
  [
    'a topic under another name',
    { ...C, events: [{ sns: { topic: TOPIC } }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].sns.topic',
      '  given:   topic',
      '  allowed: arn, filterPolicy, filterPolicyScope, rawMessageDelivery',
      '  do:      did you mean "arn"?',
    ],
  ],
  [
    "a topic's name beside its ARN",
    { ...C, events: [{ sns: { arn: TOPIC, topicName: 'tiles' } }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].sns.topicName',
      '  given:   topicName',
      '  allowed: arn, filterPolicy, filterPolicyScope, rawMessageDelivery',
      '  do:      remove it',
    ],
  ],
  [
    'a source without a topic',
    { ...C, events: [{ sns: { filterPolicy: { kind: ['a'] } } }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0].sns.arn',
      '  allowed: the ARN of a topic or a CloudFormation function',
      '  do:      add `arn`',
    ],
  ],
  [
    'a topic twice',
    { ...C, events: [{ sns: TOPIC }, { sns: { arn: TOPIC, filterPolicy: { kind: ['a'] } } }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[1].sns.arn',
      '  given:   "arn:aws:sns:us-east-1:123456789012:tiles" for the second time',
      '  allowed: a topic once: SNS keeps one subscription of a queue',
      '  do:      join the two filters in one entry',
    ],
  ],
  [
    'a topic twice, as a function',
    { ...C, events: [{ sns: { Ref: 'Topic' } }, { sns: { arn: { Ref: 'Topic' } } }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[1].sns.arn',
      '  given:   {"Ref":"Topic"} for the second time',
      '  allowed: a topic once: SNS keeps one subscription of a queue',
      '  do:      join the two filters in one entry',
    ],
  ],
  [
    'a filter that lets nothing out',
    { ...C, events: [{ sns: { arn: TOPIC, filterPolicy: {} } }] },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].sns.filterPolicy',
      '  given:   {}',
      '  allowed: at least 1 entry',
    ],
  ],
  [
    'a filter of what there is not, and raw as text',
    { ...C, events: [{ sns: { arn: TOPIC, filterPolicyScope: 'messageBody', rawMessageDelivery: 'yes' } }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.events[0].sns.filterPolicyScope',
      '  given:   "messageBody"',
      '  allowed: MessageAttributes, MessageBody',
      '  do:      did you mean "MessageBody"?',
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].sns.rawMessageDelivery',
      '  given:   "yes"',
      '  allowed: true or false',
    ],
  ],
  [
    'a standard topic for a FIFO queue',
    { ...C, queue: { fifo: true }, events: [{ sns: TOPIC }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0].sns',
      '  given:   a standard topic for a FIFO queue',
      '  allowed: a FIFO topic, whose name ends with .fifo',
      '  do:      remove `queue.fifo`, or subscribe to a FIFO topic',
    ],
  ],
  [
    'a malformed topic for a FIFO queue, which is one mistake',
    { ...C, queue: { fifo: true }, events: [{ sns: 'tiles' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].sns',
      '  given:   "tiles"',
      '  allowed: an ARN like arn:aws:sns:REGION:ACCOUNT:NAME, or a CloudFormation function',
    ],
  ],
  [
    'events without a pattern',
    { ...C, events: [{ eventBridge: {} }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0].eventBridge.pattern',
      '  allowed: an event pattern like {source: [aws.s3]}',
      '  do:      add `pattern`',
    ],
  ],
  [
    'events as text',
    { ...C, events: [{ eventBridge: 'aws.s3' }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].eventBridge',
      '  given:   "aws.s3"',
      '  allowed: {pattern, eventBus, input, inputPath, messageGroupId}',
    ],
  ],
  [
    'a pattern with nothing in it',
    { ...C, events: [{ eventBridge: { pattern: {} } }] },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].eventBridge.pattern',
      '  given:   {}',
      '  allowed: at least 1 entry',
    ],
  ],
  [
    'a pattern with a null',
    { ...C, events: [{ eventBridge: { pattern: { source: [null] } } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].eventBridge.pattern.source[0]',
      '  given:   null',
      '  allowed: a value: CloudFormation takes no null',
      '  do:      give it a value, or remove it',
    ],
  ],
  [
    'a schedule as the Serverless Framework has it for EventBridge',
    { ...C, events: [{ eventBridge: { schedule: 'rate(1 day)' } }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].eventBridge.schedule',
      '  given:   schedule',
      '  allowed: pattern, eventBus, input, inputPath, messageGroupId',
      '  do:      give the schedule an entry of its own: `- schedule: …`',
    ],
  ],
  [
    'two messages for an event',
    { ...C, events: [{ eventBridge: { pattern: { source: ['a'] }, input: 'x', inputPath: '$.detail' } }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0].eventBridge',
      '  given:   `input` and `inputPath`',
      '  allowed: one of the two',
    ],
  ],
  [
    'a path and an input that are none',
    { ...C, events: [{ eventBridge: { pattern: { source: ['a'] }, inputPath: 'detail', input: 5 } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].eventBridge.input',
      '  given:   5',
      '  allowed: text or a map',
      'WATCHBOT_MALFORMED at watchbot.events[0].eventBridge.inputPath',
      '  given:   "detail"',
      '  allowed: a path like $.detail',
    ],
  ],
  [
    'a schedule in words',
    { ...C, events: [{ schedule: 'every 5 minutes' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].schedule',
      '  given:   "every 5 minutes"',
      '  allowed: rate(5 minutes), cron(0 6 * * ? *) with six fields, or at(2030-01-01T00:00:00)',
    ],
  ],
  [
    'a schedule in words, in a map',
    { ...C, events: [{ schedule: { rate: '5 minutes' } }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].schedule.rate',
      '  given:   "5 minutes"',
      '  allowed: rate(5 minutes), cron(0 6 * * ? *) with six fields, or at(2030-01-01T00:00:00)',
    ],
  ],
  [
    'a schedule in seconds, and one of nothing',
    { ...C, events: [{ schedule: 'rate(5 seconds)' }, { schedule: 'rate(0 minutes)' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].schedule',
      '  given:   "rate(5 seconds)"',
      '  allowed: rate(5 minutes), cron(0 6 * * ? *) with six fields, or at(2030-01-01T00:00:00)',
      'WATCHBOT_MALFORMED at watchbot.events[1].schedule',
      '  given:   "rate(0 minutes)"',
      '  allowed: rate(5 minutes), cron(0 6 * * ? *) with six fields, or at(2030-01-01T00:00:00)',
    ],
  ],
  [
    'a cron line of five fields',
    { ...C, events: [{ schedule: 'cron(0 6 * * *)' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].schedule',
      '  given:   "cron(0 6 * * *)"',
      '  allowed: rate(5 minutes), cron(0 6 * * ? *) with six fields, or at(2030-01-01T00:00:00)',
    ],
  ],
  [
    'a date that no calendar has',
    { ...C, events: [{ schedule: 'at(2030-13-01T00:00:00)' }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].schedule',
      '  given:   "at(2030-13-01T00:00:00)"',
      '  allowed: rate(5 minutes), cron(0 6 * * ? *) with six fields, or at(2030-01-01T00:00:00)',
    ],
  ],
  [
    'schedules of the wrong type',
    { ...C, events: [{ schedule: ['rate(1 day)'] }, { schedule: { rate: ['rate(1 day)'] } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].schedule',
      '  given:   ["rate(1 day)"]',
      '  allowed: an expression like rate(5 minutes), or {rate, timezone, input, enabled, messageGroupId}',
      'WATCHBOT_WRONG_TYPE at watchbot.events[1].schedule.rate',
      '  given:   ["rate(1 day)"]',
      '  allowed: an expression like rate(5 minutes)',
    ],
  ],
  [
    'time zones that there are not',
    {
      ...C,
      events: [
        { schedule: { rate: 'cron(0 6 * * ? *)', timezone: 'Europe/Viena' } },
        { schedule: { rate: 'cron(0 6 * * ? *)', timezone: '+01:00' } },
      ],
    },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.events[0].schedule.timezone',
      '  given:   "Europe/Viena"',
      '  allowed: a time zone such as Europe/Vienna',
      '  do:      did you mean "Europe/Vienna"?',
      'WATCHBOT_NOT_ALLOWED at watchbot.events[1].schedule.timezone',
      '  given:   "+01:00"',
      '  allowed: a time zone such as Europe/Vienna',
    ],
  ],
  [
    'alarms on dead letters of which nothing is known',
    {
      ...C,
      queue: { arn: 'arn:aws:sqs:us-east-1:123456789012:jobs' },
      alarms: { deadLetter: { threshold: 5 }, deadLetterGrowth: false },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.alarms.deadLetter',
      '  given:   an alarm on dead letters of a queue whose dead-letter queue is not known',
      '  allowed: with a dead-letter queue',
      '  do:      give its ARN in `queue.deadLetter`, or remove the alarm',
    ],
  ],
  [
    'alarms on dead letters where there are none',
    { ...C, queue: { fifo: true, deadLetter: false }, alarms: { deadLetter: { threshold: 5 } } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.alarms.deadLetter',
      '  given:   an alarm on dead letters with `queue.deadLetter: false`',
      '  allowed: with a dead-letter queue',
      '  do:      remove it, or `deadLetter: false`',
    ],
  ],
  [
    'a schedule under another name',
    { ...C, events: [{ schedule: { cron: 'cron(0 6 * * ? *)' } }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].schedule.cron',
      '  given:   cron',
      '  allowed: rate, timezone, input, enabled, messageGroupId',
      '  do:      did you mean "rate"?',
    ],
  ],
  [
    'a schedule without an expression',
    { ...C, events: [{ schedule: {} }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0].schedule.rate',
      '  allowed: an expression like rate(5 minutes)',
      '  do:      add `rate`',
    ],
  ],
  [
    'settings of a schedule of the wrong type',
    { ...C, events: [{ schedule: { rate: 'rate(1 day)', timezone: 1, input: [], enabled: 'no' } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].schedule.timezone',
      '  given:   1',
      '  allowed: text',
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].schedule.input',
      '  given:   []',
      '  allowed: text or a map',
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].schedule.enabled',
      '  given:   "no"',
      '  allowed: true or false',
    ],
  ],
  [
    'a bucket as text',
    { ...C, events: [{ s3: 'tiles' }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].s3',
      '  given:   "tiles"',
      '  allowed: {bucket, event, prefix, suffix, existing, messageGroupId}',
    ],
  ],
  [
    'no bucket',
    { ...C, events: [{ s3: {} }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0].s3.bucket',
      '  allowed: text or a CloudFormation function',
      '  do:      add `bucket`',
    ],
  ],
  [
    'buckets whose names S3 does not take',
    {
      ...C,
      events: [
        { s3: { bucket: 'My_Tiles' } },
        { s3: { bucket: 'a..b' } },
        { s3: { bucket: '192.168.0.1' } },
        { s3: { bucket: 'xn--tiles' } },
      ],
    },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].s3.bucket',
      '  given:   "My_Tiles"',
      '  allowed: the name of a bucket: lower case letters, digits, dashes and single dots, 3 to 63 characters, no IP address',
      'WATCHBOT_MALFORMED at watchbot.events[1].s3.bucket',
      '  given:   "a..b"',
      '  allowed: the name of a bucket: lower case letters, digits, dashes and single dots, 3 to 63 characters, no IP address',
      'WATCHBOT_MALFORMED at watchbot.events[2].s3.bucket',
      '  given:   "192.168.0.1"',
      '  allowed: the name of a bucket: lower case letters, digits, dashes and single dots, 3 to 63 characters, no IP address',
      'WATCHBOT_MALFORMED at watchbot.events[3].s3.bucket',
      '  given:   "xn--tiles"',
      '  allowed: the name of a bucket: lower case letters, digits, dashes and single dots, 3 to 63 characters, no IP address',
    ],
  ],
  [
    'a bucket that is defined elsewhere',
    {
      ...C,
      events: [
        { s3: { bucket: { Ref: 'Bucket' } } },
        { s3: { bucket: { 'Fn::GetAtt': ['Bucket', 'Name'] } } },
      ],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0].s3.bucket',
      '  given:   {"Ref":"Bucket"}, a bucket that is defined elsewhere',
      '  allowed: a name for the bucket that is made here',
      '  do:      set `existing: true`, and switch EventBridge on where the bucket is defined',
      'WATCHBOT_CONTRADICTION at watchbot.events[1].s3.bucket',
      '  given:   {"Fn::GetAtt":["Bucket","Name"]}, a bucket that is defined elsewhere',
      '  allowed: a name for the bucket that is made here',
      '  do:      set `existing: true`, and switch EventBridge on where the bucket is defined',
    ],
  ],
  [
    'an event that S3 does not have',
    { ...C, events: [{ s3: { bucket: 'tiles', event: 's3:ObjectCreated' } }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.events[0].s3.event',
      '  given:   "s3:ObjectCreated"',
      `  allowed: ${S3_EVENTS}`,
      '  do:      did you mean "s3:ObjectCreated:*"?',
    ],
  ],
  [
    'an event without s3 before it',
    { ...C, events: [{ s3: { bucket: 'tiles', event: 'ObjectCreated:*' } }] },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].s3.event',
      '  given:   "ObjectCreated:*"',
      '  allowed: an event like s3:ObjectCreated:*',
    ],
  ],
  [
    'an event that EventBridge does not have',
    { ...C, events: [{ s3: { bucket: 'tiles', existing: true, event: 's3:ObjectAcl:Put' } }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.events[0].s3.event',
      '  given:   "s3:ObjectAcl:Put"',
      `  allowed: of an existing bucket, which sends through EventBridge: ${EVENTBRIDGE_S3_EVENTS}`,
    ],
  ],
  [
    'rules as the Serverless Framework has them',
    { ...C, events: [{ s3: { bucket: 'tiles', rules: [{ prefix: 'in/' }] } }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].s3.rules',
      '  given:   rules',
      '  allowed: bucket, event, prefix, suffix, existing, messageGroupId',
      '  do:      give `prefix` and `suffix` here, without `rules`',
    ],
  ],
  [
    'rules as the Serverless Framework has them, and no bucket',
    { ...C, events: [{ s3: { rules: [{ prefix: 'in/' }] } }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0].s3.bucket',
      '  allowed: text or a CloudFormation function',
      '  do:      add `bucket`',
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].s3.rules',
      '  given:   rules',
      '  allowed: bucket, event, prefix, suffix, existing, messageGroupId',
      '  do:      give `prefix` and `suffix` here, without `rules`',
    ],
  ],
  [
    'an empty prefix and a suffix of the wrong type',
    { ...C, events: [{ s3: { bucket: 'tiles', prefix: '', suffix: 5 } }] },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].s3.prefix',
      '  given:   ""',
      '  allowed: text that is not empty',
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].s3.suffix',
      '  given:   5',
      '  allowed: text',
    ],
  ],
  [
    'a prefix and a suffix longer than any key',
    { ...C, events: [{ s3: { bucket: 'tiles', prefix: 'x'.repeat(1_025), suffix: 'x'.repeat(1_025) } }] },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].s3.prefix',
      '  given:   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…',
      '  allowed: at most 1024 characters',
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].s3.suffix',
      '  given:   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…',
      '  allowed: at most 1024 characters',
    ],
  ],
  [
    'the same objects of a bucket twice',
    {
      ...C,
      events: [
        { s3: { bucket: 'tiles', prefix: 'in/', suffix: '.tif' } },
        { s3: { bucket: 'tiles', event: 's3:ObjectCreated:Put', prefix: 'in/a', suffix: 'x.tif' } },
      ],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[1].s3',
      '  given:   objects that watchbot.events[0].s3 takes too',
      '  allowed: events, prefixes or suffixes that are apart: S3 takes no others for one bucket',
    ],
  ],
  [
    'a bucket that sends to a FIFO queue',
    { ...C, queue: { fifo: true }, events: [{ s3: { bucket: 'tiles', messageGroupId: 'a' } }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0].s3',
      '  given:   a bucket that sends to a FIFO queue',
      '  allowed: a standard queue: S3 sends to no other',
      '  do:      set `existing: true` with a bucket that sends to EventBridge, or remove `queue.fifo`',
    ],
  ],
  [
    'a webhook as text',
    { ...C, events: [{ webhook: 'none' }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].webhook',
      '  given:   "none"',
      '  allowed: {authorization, throttle, messageGroupId}',
    ],
  ],
  [
    'a webhook that does not say who may send',
    { ...C, events: [{ webhook: {} }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0].webhook.authorization',
      '  allowed: apiKey, iam, none or {jwt: {issuer, audience, scopes}}',
      '  do:      add `authorization`',
    ],
  ],
  [
    'tokens as a word',
    { ...C, events: [{ webhook: { authorization: 'jwt' } }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.events[0].webhook.authorization',
      '  given:   "jwt"',
      '  allowed: apiKey, iam, none or {jwt: {issuer, audience, scopes}}',
    ],
  ],
  [
    'a misspelt authorization',
    { ...C, events: [{ webhook: { authorization: 'apikey' } }] },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.events[0].webhook.authorization',
      '  given:   "apikey"',
      '  allowed: apiKey, iam, none or {jwt: {issuer, audience, scopes}}',
      '  do:      did you mean "apiKey"?',
    ],
  ],
  [
    'a misspelt map of tokens',
    { ...C, events: [{ webhook: { authorization: { jwtt: {} } } }] },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.events[0].webhook.authorization.jwtt',
      '  given:   jwtt',
      '  allowed: jwt',
      '  do:      did you mean "jwt"?',
    ],
  ],
  [
    'tokens of nobody for nobody',
    { ...C, events: [{ webhook: { authorization: { jwt: {} } } }] },
    [
      'WATCHBOT_MISSING_KEY at watchbot.events[0].webhook.authorization.jwt.issuer',
      '  allowed: a URL like https://tokens.example.com or a CloudFormation function',
      '  do:      add `issuer`',
      'WATCHBOT_MISSING_KEY at watchbot.events[0].webhook.authorization.jwt.audience',
      '  allowed: a list of audiences',
      '  do:      add `audience`',
    ],
  ],
  [
    'tokens that API Gateway does not take',
    {
      ...C,
      events: [
        {
          webhook: {
            authorization: { jwt: { issuer: 'http://tokens.example.com', audience: [], scopes: 'send' } },
          },
        },
      ],
    },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].webhook.authorization.jwt.issuer',
      '  given:   "http://tokens.example.com"',
      '  allowed: a URL like https://tokens.example.com',
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].webhook.authorization.jwt.audience',
      '  given:   []',
      '  allowed: at least 1 entry',
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].webhook.authorization.jwt.scopes',
      '  given:   "send"',
      '  allowed: a list of scopes',
    ],
  ],
  [
    'more audiences and scopes than API Gateway takes',
    {
      ...C,
      events: [
        {
          webhook: {
            authorization: {
              jwt: {
                issuer: 'https://tokens.example.com',
                audience: Array.from({ length: 51 }, (_, index) => `a${index}`),
                scopes: Array.from({ length: 11 }, (_, index) => `s${index}`),
              },
            },
          },
        },
      ],
    },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].webhook.authorization.jwt.audience',
      '  given:   ["a0","a1","a2","a3","a4","a5","a6","a7","a8","a9","a10","a11","a12","a13","a14…',
      '  allowed: at most 50 entries',
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].webhook.authorization.jwt.scopes',
      '  given:   ["s0","s1","s2","s3","s4","s5","s6","s7","s8","s9","s10"]',
      '  allowed: at most 10 entries',
    ],
  ],
  [
    'a throttle that lets nothing through',
    { ...C, events: [{ webhook: { authorization: 'iam', throttle: { rate: 0, burst: 5_001 } } }] },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].webhook.throttle.rate',
      '  given:   0',
      '  allowed: 1 to 10000',
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].webhook.throttle.burst',
      '  given:   5001',
      '  allowed: 1 to 5000',
    ],
  ],
  [
    'a throttle that is a number',
    { ...C, events: [{ webhook: { authorization: 'iam', throttle: 5 } }] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.events[0].webhook.throttle',
      '  given:   5',
      '  allowed: {rate, burst}',
    ],
  ],
  [
    'two webhooks',
    { ...C, events: [{ webhook: { authorization: 'iam' } }, { webhook: { authorization: 'none' } }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[1].webhook',
      '  given:   a second webhook',
      '  allowed: one webhook for a worker',
      '  do:      remove one of the two',
    ],
  ],
  [
    'a FIFO queue without message groups',
    {
      ...C,
      queue: { fifo: true },
      events: [
        { schedule: 'rate(1 day)' },
        { schedule: { rate: 'rate(1 day)' } },
        { webhook: { authorization: 'iam' } },
      ],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0].schedule',
      '  given:   a FIFO queue without `messageGroupId`',
      '  allowed: `messageGroupId` with a FIFO queue, and only there',
      '  do:      write it as {rate, messageGroupId}',
      'WATCHBOT_CONTRADICTION at watchbot.events[1].schedule',
      '  given:   a FIFO queue without `messageGroupId`',
      '  allowed: `messageGroupId` with a FIFO queue, and only there',
      '  do:      add `messageGroupId`',
      'WATCHBOT_CONTRADICTION at watchbot.events[2].webhook',
      '  given:   a FIFO queue without `messageGroupId`',
      '  allowed: `messageGroupId` with a FIFO queue, and only there',
      '  do:      add `messageGroupId`',
    ],
  ],
  [
    'message groups of a standard queue',
    {
      ...C,
      events: [
        { eventBridge: { pattern: { source: ['a'] }, messageGroupId: 'a' } },
        { s3: { bucket: 'tiles', existing: true, messageGroupId: 'a' } },
      ],
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.events[0].eventBridge',
      '  given:   `messageGroupId` with a standard queue',
      '  allowed: `messageGroupId` with a FIFO queue, and only there',
      '  do:      remove it, or set `queue.fifo: true`',
      'WATCHBOT_CONTRADICTION at watchbot.events[1].s3',
      '  given:   `messageGroupId` with a standard queue',
      '  allowed: `messageGroupId` with a FIFO queue, and only there',
      '  do:      remove it, or set `queue.fifo: true`',
    ],
  ],
  [
    'message groups that SQS does not take',
    {
      ...C,
      queue: { fifo: true },
      events: [
        { schedule: { rate: 'rate(1 day)', messageGroupId: 'a b' } },
        { webhook: { authorization: 'iam', messageGroupId: 'a!' } },
      ],
    },
    [
      'WATCHBOT_MALFORMED at watchbot.events[0].schedule.messageGroupId',
      '  given:   "a b"',
      '  allowed: letters, digits and punctuation',
      'WATCHBOT_MALFORMED at watchbot.events[1].webhook.messageGroupId',
      '  given:   "a!"',
      '  allowed: letters, digits, dashes and underscores',
    ],
  ],
  [
    'message groups longer than SQS takes',
    {
      ...C,
      queue: { fifo: true },
      events: [
        { schedule: { rate: 'rate(1 day)', messageGroupId: 'x'.repeat(129) } },
        { webhook: { authorization: 'iam', messageGroupId: 'x'.repeat(129) } },
      ],
    },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].schedule.messageGroupId',
      '  given:   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…',
      '  allowed: at most 128 characters',
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[1].webhook.messageGroupId',
      '  given:   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…',
      '  allowed: at most 128 characters',
    ],
  ],
  [
    'a time zone that is longer than any',
    { ...C, events: [{ schedule: { rate: 'rate(1 day)', timezone: 'x'.repeat(51) } }] },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.events[0].schedule.timezone',
      '  given:   "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
      '  allowed: at most 50 characters',
    ],
  ],

  // Alarms and logs
  [
    'alarms switched off as a whole',
    { ...C, alarms: false },
    ['WATCHBOT_WRONG_TYPE at watchbot.alarms', '  given:   false', '  allowed: a map of keys'],
  ],
  [
    'an unknown alarm',
    { ...C, alarms: { queueSise: false } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.alarms.queueSise',
      '  given:   queueSise',
      '  allowed: deadLetter, deadLetterGrowth, workerErrors, queueSize, memory, cpu',
      '  do:      did you mean "queueSize"?',
    ],
  ],
  [
    'an alarm switched on',
    { ...C, alarms: { cpu: true } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.alarms.cpu',
      '  given:   true',
      '  allowed: false or {threshold, period, evaluationPeriods}',
    ],
  ],
  [
    'an unknown key of an alarm',
    { ...C, alarms: { cpu: { treshold: 80 } } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.alarms.cpu.treshold',
      '  given:   treshold',
      '  allowed: threshold, period, evaluationPeriods',
      '  do:      did you mean "threshold"?',
    ],
  ],
  [
    'a threshold that is text',
    { ...C, alarms: { cpu: { threshold: 'high' } } },
    ['WATCHBOT_WRONG_TYPE at watchbot.alarms.cpu.threshold', '  given:   "high"', '  allowed: a number'],
  ],
  [
    'a period between minutes',
    { ...C, alarms: { cpu: { period: 90 } } },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.alarms.cpu.period',
      '  given:   90',
      '  allowed: 60 to 86400, a multiple of 60',
    ],
  ],
  [
    'a period below a minute',
    { ...C, alarms: { cpu: { period: 30 } } },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.alarms.cpu.period',
      '  given:   30',
      '  allowed: 60 to 86400, a multiple of 60',
    ],
  ],
  [
    'an alarm that looks back for more than a day',
    { ...C, alarms: { cpu: { period: 120, evaluationPeriods: 1_440 } } },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.alarms.cpu',
      '  given:   1440 periods of 120 seconds: 172800 seconds',
      '  allowed: at most 86400 seconds in all with this period',
      '  do:      lower `evaluationPeriods` or `period`',
    ],
  ],
  [
    'an alarm that looks back for more than a week',
    { ...C, alarms: { queueSize: { period: 86_400, evaluationPeriods: 8 } } },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.alarms.queueSize',
      '  given:   8 periods of 86400 seconds: 691200 seconds',
      '  allowed: at most 604800 seconds in all with this period',
      '  do:      lower `evaluationPeriods` or `period`',
    ],
  ],
  [
    'a retention that CloudWatch does not offer',
    { ...C, logs: { retention: 15 } },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.logs.retention',
      '  given:   15',
      '  allowed: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
    ],
  ],
  [
    'a misspelt key of logs',
    { ...C, logs: { strutured: true } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.logs.strutured',
      '  given:   strutured',
      '  allowed: retention, structured',
      '  do:      did you mean "structured"?',
    ],
  ],
  [
    'exec as a number',
    { ...C, exec: 1 },
    ['WATCHBOT_WRONG_TYPE at watchbot.exec', '  given:   1', '  allowed: true or false'],
  ],

  // Health, reduce mode, sender
  [
    'a health check as text',
    { ...C, healthCheck: 'curl localhost' },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.healthCheck',
      '  given:   "curl localhost"',
      '  allowed: `true`, `false` or {command, interval, timeout, retries, startPeriod}',
    ],
  ],
  [
    'a misspelt key of a health check',
    { ...C, healthCheck: { comand: 'true' } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.healthCheck.comand',
      '  given:   comand',
      '  allowed: command, interval, timeout, retries, startPeriod',
      '  do:      did you mean "command"?',
    ],
  ],
  [
    "a health check's numbers out of their ranges",
    { ...C, healthCheck: { interval: 4, timeout: 61, retries: 0, startPeriod: 301 } },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.healthCheck.interval',
      '  given:   4',
      '  allowed: 5 to 300',
      'WATCHBOT_OUT_OF_RANGE at watchbot.healthCheck.timeout',
      '  given:   61',
      '  allowed: 2 to 60',
      'WATCHBOT_OUT_OF_RANGE at watchbot.healthCheck.retries',
      '  given:   0',
      '  allowed: 1 to 10',
      'WATCHBOT_OUT_OF_RANGE at watchbot.healthCheck.startPeriod',
      '  given:   301',
      '  allowed: 0 to 300',
    ],
  ],
  [
    'a health check that takes longer than its interval',
    { ...C, healthCheck: { timeout: 40 } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.healthCheck.timeout',
      '  given:   timeout 40 with interval 30',
      '  allowed: `timeout` at most `interval`, so that one check ends before the next begins',
    ],
  ],
  [
    'a blank health check',
    { ...C, healthCheck: { command: ' ' } },
    [
      'WATCHBOT_MALFORMED at watchbot.healthCheck.command',
      '  given:   " "',
      '  allowed: a shell line, or a list whose first entry is a program',
    ],
  ],
  [
    'a health check whose program is empty',
    { ...C, healthCheck: { command: ['', 'a'] } },
    [
      'WATCHBOT_MALFORMED at watchbot.healthCheck.command',
      '  given:   ["","a"]',
      '  allowed: a shell line, or a list whose first entry is a program',
    ],
  ],
  [
    'a health check in the form of ECS',
    { ...C, healthCheck: { command: ['CMD-SHELL', 'true'] } },
    [
      'WATCHBOT_MALFORMED at watchbot.healthCheck.command',
      '  given:   ["CMD-SHELL","true"]',
      '  allowed: a shell line, or a list whose first entry is a program',
      '  do:      leave CMD-SHELL out',
    ],
  ],
  [
    'a health check of nothing',
    { ...C, healthCheck: { command: [] } },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.healthCheck.command', '  given:   []', '  allowed: at least 1 entry'],
  ],
  [
    'reduce as text',
    { ...C, reduce: 'yes' },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.reduce',
      '  given:   "yes"',
      '  allowed: `true`, `false` or {pointInTimeRecovery}',
    ],
  ],
  [
    'an unknown key of reduce',
    { ...C, reduce: { pointInTime: true } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.reduce.pointInTime',
      '  given:   pointInTime',
      '  allowed: pointInTimeRecovery',
      '  do:      remove it',
    ],
  ],
  [
    'a sender, a dashboard and a growth alarm of the wrong type',
    { ...C, sender: 'ci', dashboard: {}, alarms: { deadLetterGrowth: true } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.sender',
      '  given:   "ci"',
      '  allowed: true or false',
      'WATCHBOT_WRONG_TYPE at watchbot.alarms.deadLetterGrowth',
      '  given:   true',
      '  allowed: false or {threshold, period, evaluationPeriods}',
      'WATCHBOT_WRONG_TYPE at watchbot.dashboard',
      '  given:   {}',
      '  allowed: true or false',
    ],
  ],

  // Mounts
  [
    'a mount that is no list',
    { ...C, mounts: '/data' },
    ['WATCHBOT_WRONG_TYPE at watchbot.mounts', '  given:   "/data"', '  allowed: a list of folders'],
  ],
  [
    'mounts without a value',
    { ...C, mounts: [null, ''] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.mounts[0]',
      '  given:   null',
      '  allowed: text',
      'WATCHBOT_OUT_OF_RANGE at watchbot.mounts[1]',
      '  given:   ""',
      '  allowed: text that is not empty',
    ],
  ],
  [
    'a mount that is no absolute path',
    { ...C, mounts: ['data'] },
    [
      'WATCHBOT_MALFORMED at watchbot.mounts[0]',
      '  given:   "data"',
      '  allowed: an absolute path other than `/`, without `.`, `..`, `//`, `,` or `:`',
    ],
  ],
  [
    'the root as a mount',
    { ...C, mounts: ['/'] },
    [
      'WATCHBOT_MALFORMED at watchbot.mounts[0]',
      '  given:   "/"',
      '  allowed: an absolute path other than `/`, without `.`, `..`, `//`, `,` or `:`',
    ],
  ],
  [
    'a mount with ..',
    { ...C, mounts: ['/data/../etc'] },
    [
      'WATCHBOT_MALFORMED at watchbot.mounts[0]',
      '  given:   "/data/../etc"',
      '  allowed: an absolute path other than `/`, without `.`, `..`, `//`, `,` or `:`',
    ],
  ],
  [
    'a mount with //',
    { ...C, mounts: ['//etc'] },
    [
      'WATCHBOT_MALFORMED at watchbot.mounts[0]',
      '  given:   "//etc"',
      '  allowed: an absolute path other than `/`, without `.`, `..`, `//`, `,` or `:`',
    ],
  ],
  [
    'a mount in the system',
    { ...C, mounts: ['/usr/share/tiles/'] },
    [
      'WATCHBOT_MALFORMED at watchbot.mounts[0]',
      '  given:   "/usr/share/tiles/"',
      '  allowed: a folder outside /usr',
    ],
  ],
  [
    'a mount over the watcher',
    { ...C, mounts: ['/opt'] },
    [
      'WATCHBOT_MALFORMED at watchbot.mounts[0]',
      '  given:   "/opt"',
      '  allowed: a folder that does not hold /opt/watchbot, where the watcher is',
    ],
  ],
  [
    "a mount in the watcher's folder",
    { ...C, mounts: ['/opt/watchbot/data'] },
    [
      'WATCHBOT_MALFORMED at watchbot.mounts[0]',
      '  given:   "/opt/watchbot/data"',
      '  allowed: a folder outside /opt/watchbot',
    ],
  ],
  [
    'a mount in /tmp',
    { ...C, mounts: ['/tmp/tiles'] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.mounts[0]',
      '  given:   "/tmp/tiles" beside /tmp',
      '  allowed: folders that are not in one another',
      '  do:      remove it: /tmp can be written to as a whole',
    ],
  ],
  [
    'a mount in another',
    { ...C, mounts: ['/data', '/data/tiles'] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.mounts[1]',
      '  given:   "/data/tiles" beside /data',
      '  allowed: folders that are not in one another',
      '  do:      remove it: /data can be written to as a whole',
    ],
  ],
  [
    'a mount over a folder of ECS Exec',
    { ...C, mounts: ['/var/log'], exec: true },
    [
      'WATCHBOT_CONTRADICTION at watchbot.mounts[0]',
      '  given:   "/var/log" beside /var/log/amazon/ssm',
      '  allowed: folders that are not in one another',
      '  do:      choose another folder',
    ],
  ],

  // Extensions
  [
    'an extension of an unknown resource',
    { ...C, extensions: { queu: { DelaySeconds: 5 } } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.extensions.queu',
      '  given:   queu',
      `  allowed: ${RESOURCES}, ${SHARED_RESOURCES}`,
      '  do:      did you mean "queue"?',
    ],
  ],
  [
    'an extension of what every object has',
    { ...C, extensions: { constructor: {} } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.extensions.constructor',
      '  given:   constructor',
      `  allowed: ${RESOURCES}, ${SHARED_RESOURCES}`,
      '  do:      name one of these resources',
    ],
  ],
  [
    'an extension that is no map',
    { ...C, extensions: { queue: 5 } },
    ['WATCHBOT_WRONG_TYPE at watchbot.extensions.queue', '  given:   5', '  allowed: a map of keys'],
  ],
  [
    'a null, which a template cannot have',
    { ...C, extensions: { queue: { Tags: [{ Key: 'a', Value: null }] } } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.extensions.queue.Tags[0].Value',
      '  given:   null',
      '  allowed: a value: CloudFormation takes no null',
      '  do:      give it a value, or remove it',
    ],
  ],
  [
    'an extension of a topic that is off',
    { ...C, topic: false, extensions: { topic: { DisplayName: 'x' } } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.topic',
      '  given:   properties of the topic, which this worker does not have: `topic: false`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'an extension of a topic that a FIFO queue does not have',
    { ...C, queue: { fifo: true }, extensions: { subscription: { RawMessageDelivery: true } } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.subscription',
      '  given:   properties of the subscription, which this worker does not have: `queue.fifo: true`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'an extension of an alarm that is off',
    { ...C, alarms: { memory: false }, extensions: { memoryAlarm: { Threshold: 5 } } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.memoryAlarm',
      '  given:   properties of the memoryAlarm, which this worker does not have: `alarms.memory: false`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],

  [
    'an extension of a queue that is there already',
    {
      ...C,
      queue: { arn: QUEUE },
      extensions: { queue: {}, deadLetterQueue: {}, deadLetterAlarm: {}, topic: {} },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.queue',
      '  given:   properties of the queue, which this worker does not have: `queue.arn`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.deadLetterQueue',
      '  given:   properties of the deadLetterQueue, which this worker does not have: `queue.arn`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.deadLetterAlarm',
      '  given:   properties of the deadLetterAlarm, which this worker does not have: `queue.arn`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.topic',
      '  given:   properties of the topic, which this worker does not have: `queue.arn`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'an extension of a dead-letter queue that is elsewhere',
    { ...C, queue: { deadLetter: `${QUEUE}-dead` }, extensions: { deadLetterQueue: {} } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.deadLetterQueue',
      '  given:   properties of the deadLetterQueue, which this worker does not have: `queue.deadLetter: "arn:aws:sqs:us-east-1:123456789012:tiles-dead"`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'an extension of a key that is not made',
    { ...C, extensions: { queueKey: {} } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.queueKey',
      '  given:   properties of the queueKey, which this worker does not have: `queue.encryption: "SSE-SQS"`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'extensions of what is off',
    { ...C, dashboard: false, extensions: { dashboard: {}, progressTable: {}, senderKey: {} } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.dashboard',
      '  given:   properties of the dashboard, which this worker does not have: `dashboard: false`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.progressTable',
      '  given:   properties of the progressTable, which this worker does not have: `reduce: false`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.senderKey',
      '  given:   properties of the senderKey, which this worker does not have: `sender: false`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'extensions of sources that are not there',
    { ...C, topic: false, extensions: { queuePolicy: {}, scheduleRole: {}, webhookApi: {} } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.queuePolicy',
      '  given:   properties of the queuePolicy, which this worker does not have: `topic: false`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.scheduleRole',
      '  given:   properties of the scheduleRole, which this worker does not have: no `schedule` under `events`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.webhookApi',
      '  given:   properties of the webhookApi, which this worker does not have: no `webhook` under `events`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'extensions of a webhook of the other kind',
    {
      ...C,
      events: [{ webhook: { authorization: 'apiKey' } }],
      extensions: { webhookRoute: {}, webhookAuthorizer: {} },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.webhookRoute',
      '  given:   properties of the webhookRoute, which this worker does not have: no webhook with another `authorization` than `apiKey`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.webhookAuthorizer',
      '  given:   properties of the webhookAuthorizer, which this worker does not have: no webhook with `authorization.jwt`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'extensions of a webhook without keys',
    { ...C, events: [{ webhook: { authorization: 'none' } }], extensions: { webhookApiKey: {} } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.webhookApiKey',
      '  given:   properties of the webhookApiKey, which this worker does not have: no webhook with `authorization: apiKey`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'an extension of a source by a number that none has',
    { ...C, events: [{ schedule: 'rate(1 day)' }], extensions: { schedule2: {} } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.extensions.schedule2',
      '  given:   schedule2',
      `  allowed: ${RESOURCES}, scheduleRole, schedule1, ${SHARED_RESOURCES}`,
      '  do:      did you mean "schedule1"?',
    ],
  ],
  [
    'an extension of a misspelt resource that is shared',
    { ...C, extensions: { clustr: {} } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.extensions.clustr',
      '  given:   clustr',
      `  allowed: ${RESOURCES}, ${SHARED_RESOURCES}`,
      '  do:      did you mean "cluster"?',
    ],
  ],
  [
    'extensions of shared resources that are not made',
    {
      ...C,
      cluster: 'main',
      vpc: { subnets: ['subnet-0a1b2c3d'] },
      notify: TOPIC,
      extensions: { cluster: {}, subnet1: {}, notifications: {} },
    },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.cluster',
      '  given:   properties of the cluster, which the plugin does not make: `cluster`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.subnet1',
      '  given:   properties of the subnet1, which the plugin does not make: `vpc`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
      'WATCHBOT_CONTRADICTION at watchbot.extensions.notifications',
      '  given:   properties of the notifications, which the plugin does not make: no e-mail address under `notify`',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'an extension of a network that only Fargate has',
    { ...C, cluster: 'main', capacity: 'EC2', extensions: { vpc: {} } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.vpc',
      '  given:   properties of the vpc, which the plugin does not make: no worker on Fargate',
      '  allowed: resources that are made',
      '  do:      remove it, or have the resource made',
    ],
  ],
  [
    'an extension of what a refused key makes, which is one mistake',
    { ...C, notify: 5, extensions: { notifications: {} } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.notify',
      '  given:   5',
      '  allowed: an e-mail address, the ARN of an SNS topic, or a list of them',
    ],
  ],
  [
    'an extension of a shared resource in a worker',
    { workers: { tiles: { ...C, extensions: { cluster: {} } } } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.workers.tiles.extensions.cluster',
      '  given:   cluster',
      `  allowed: ${RESOURCES}`,
      '  do:      move it beside `workers`: watchbot.extensions.cluster',
    ],
  ],
  [
    "an extension of a worker's resource beside the workers",
    { workers: { tiles: C }, extensions: { queue: {} } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.extensions.queue',
      '  given:   queue',
      `  allowed: ${SHARED_RESOURCES}`,
      '  do:      move it into a worker: watchbot.workers.NAME.extensions.queue',
    ],
  ],
  [
    'an unknown extension beside the workers',
    { workers: { tiles: C }, extensions: { clustr: {} } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.extensions.clustr',
      '  given:   clustr',
      `  allowed: ${SHARED_RESOURCES}`,
      '  do:      did you mean "cluster"?',
    ],
  ],
  [
    'extensions beside the workers that are no maps',
    { workers: { tiles: C }, extensions: { cluster: 5 } },
    ['WATCHBOT_WRONG_TYPE at watchbot.extensions.cluster', '  given:   5', '  allowed: a map of keys'],
  ],

  // Cluster, network, notifications
  [
    'a cluster with nothing in it',
    { ...C, cluster: {} },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.cluster',
      '  given:   {}',
      '  allowed: text or a CloudFormation function',
    ],
  ],
  [
    'a cluster with a blank in its name',
    { ...C, cluster: 'my cluster' },
    [
      'WATCHBOT_MALFORMED at watchbot.cluster',
      '  given:   "my cluster"',
      '  allowed: the name of a cluster (letters, digits, dashes and underscores), or an ARN like arn:aws:ecs:REGION:ACCOUNT:cluster/NAME',
    ],
  ],
  [
    'a cluster with the ARN of something else',
    { ...C, cluster: 'arn:aws:ecs:us-east-1:123456789012:service/tiles' },
    [
      'WATCHBOT_MALFORMED at watchbot.cluster',
      '  given:   "arn:aws:ecs:us-east-1:123456789012:service/tiles"',
      '  allowed: the name of a cluster (letters, digits, dashes and underscores), or an ARN like arn:aws:ecs:REGION:ACCOUNT:cluster/NAME',
    ],
  ],
  [
    'a network without subnets',
    { ...C, vpc: {} },
    [
      'WATCHBOT_MISSING_KEY at watchbot.vpc.subnets',
      '  allowed: a list, or a CloudFormation function that gives one, such as Fn::Split',
      '  do:      add `subnets`',
    ],
  ],
  [
    'a misspelt key of the network',
    { ...C, vpc: { subnets: ['subnet-0a1b2c3d'], securityGroup: ['sg-0a1b'] } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.vpc.securityGroup',
      '  given:   securityGroup',
      '  allowed: subnets, securityGroups, publicIp',
      '  do:      did you mean "securityGroups"?',
    ],
  ],
  [
    'subnets as text',
    { ...C, vpc: { subnets: 'subnet-0a1b2c3d' } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.vpc.subnets',
      '  given:   "subnet-0a1b2c3d"',
      '  allowed: a list, or a CloudFormation function that gives one, such as Fn::Split',
    ],
  ],
  [
    'subnets that are none',
    { ...C, vpc: { subnets: [5, 'public'] } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.vpc.subnets[0]',
      '  given:   5',
      '  allowed: an id like subnet-0a1b2c3d or a CloudFormation function',
      'WATCHBOT_MALFORMED at watchbot.vpc.subnets[1]',
      '  given:   "public"',
      '  allowed: an id like subnet-0a1b2c3d',
    ],
  ],
  [
    'no subnets',
    { ...C, vpc: { subnets: [] } },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.vpc.subnets', '  given:   []', '  allowed: at least 1 entry'],
  ],
  [
    'an entry twice',
    { ...C, managedPolicies: [{ 'Fn::ImportValue': 'policy' }, { 'Fn::ImportValue': 'policy' }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.managedPolicies',
      '  given:   {"Fn::ImportValue":"policy"} twice',
      '  allowed: each entry once',
      '  do:      remove one of the two',
    ],
  ],
  [
    'a function that gives text where a list is meant',
    { ...C, vpc: { subnets: { 'Fn::Sub': 'subnet-${Name}' } } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.vpc.subnets',
      '  given:   {"Fn::Sub":"subnet-${Name}"}',
      '  allowed: a list, or a CloudFormation function that gives one, such as Fn::Split',
    ],
  ],
  [
    'more security groups than ECS takes',
    {
      ...C,
      vpc: {
        subnets: ['subnet-0a1b2c3d'],
        securityGroups: [
          'sg-00000001',
          'sg-00000002',
          'sg-00000003',
          'sg-00000004',
          'sg-00000005',
          'sg-00000006',
        ],
      },
    },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.vpc.securityGroups',
      '  given:   ["sg-00000001","sg-00000002","sg-00000003","sg-00000004","sg-00000005","sg-0000…',
      '  allowed: at most 5 entries',
    ],
  ],
  [
    'an address that is none',
    { ...C, notify: 'oncall' },
    [
      'WATCHBOT_MALFORMED at watchbot.notify',
      '  given:   "oncall"',
      '  allowed: an e-mail address, the ARN of an SNS topic that is not FIFO (arn:aws:sns:REGION:ACCOUNT:NAME), or a list of them',
    ],
  ],
  [
    'addresses of the wrong type',
    { ...C, notify: 5 },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.notify',
      '  given:   5',
      '  allowed: an e-mail address, the ARN of an SNS topic, or a list of them',
    ],
  ],
  [
    'an address of the wrong type among others',
    { ...C, notify: ['oncall@example.com', 5] },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.notify[1]',
      '  given:   5',
      '  allowed: text or a CloudFormation function',
    ],
  ],
  [
    'a FIFO topic for alarms',
    { ...C, notify: 'arn:aws:sns:us-east-1:123456789012:alarms.fifo' },
    [
      'WATCHBOT_MALFORMED at watchbot.notify',
      '  given:   "arn:aws:sns:us-east-1:123456789012:alarms.fifo"',
      '  allowed: an e-mail address, the ARN of an SNS topic that is not FIFO (arn:aws:sns:REGION:ACCOUNT:NAME), or a list of them',
    ],
  ],
  [
    'no addresses',
    { ...C, notify: [] },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.notify', '  given:   []', '  allowed: at least 1 entry'],
  ],
  [
    'more topics than an alarm can tell',
    { ...C, notify: Array.from({ length: 6 }, (_, i) => `arn:aws:sns:us-east-1:123456789012:t${i}`) },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.notify',
      '  given:   6 topics for an alarm',
      '  allowed: at most 5; all e-mail addresses together are one',
      '  do:      let one topic pass the alarms on to the others',
    ],
  ],
];

describe('a wrong `watchbot` section', () => {
  it.each(WRONG)('is told: %s', (_title, section, lines) => {
    expect(messagesOf(section).join('\n').split('\n')).toEqual(lines);
  });

  it.each(WRONG)('is left as it was: %s', (_title, section) => {
    const before = structuredClone(section);
    errorOf(deepFreeze(section));
    expect(section).toEqual(before);
  });

  it.each(WRONG)('is a mistake of the user, with codes of the registry: %s', (_title, section) => {
    const error = errorOf(section);
    expect(error).toMatchObject({ name: 'ServerlessError', code: 'WATCHBOT_CONFIGURATION' });
    expect(error.problems.filter(({ code }) => !Object.hasOwn(ERROR_CODES, code))).toEqual([]);
    expect(error.message).toContain(error.problems.map(formatProblem).join('\n\n'));
  });
});

describe('what the service around the section has', () => {
  it('is an architecture that there is not', () => {
    expect(messagesOf(C, { architecture: 'riscv' as never })).toEqual([
      'WATCHBOT_NOT_ALLOWED at provider.architecture\n  given:   "riscv"\n  allowed: x86_64, arm64',
    ]);
  });

  it.each([
    [63, false, 'ok'],
    [64, false, 'too long'],
    [58, true, 'ok'],
    [59, true, 'too long'],
  ])('is a stack name of %i characters: with fifo %s its names are %s', (length, fifo, outcome) => {
    const section = { workers: { t: { ...C, queue: { fifo } } } };
    const stackName = 's'.repeat(length);
    if (outcome === 'ok') {
      expect(() => parse(section, { stackName })).not.toThrow();
      return;
    }
    const name = `${stackName}-TDeadLetterQueue${fifo ? '.fifo' : ''}`;
    expect(messagesOf(section, { stackName })).toEqual([
      [
        'WATCHBOT_NAME_TOO_LONG at watchbot.workers.t',
        `  given:   ${name} (81 characters) as the name of the dead-letter queue`,
        '  allowed: at most 80 characters',
        "  do:      shorten the service's, the stage's or the worker's name",
      ].join('\n'),
    ]);
  });

  it('counts the queue alone where there are no dead letters', () => {
    const section = { ...C, queue: { fifo: true, deadLetter: false } };
    const [text] = messagesOf(section, { stackName: 's'.repeat(62) });
    expect(text).toContain('-WatchbotQueue.fifo (81 characters) as the name of the queue');
  });
});

describe('many mistakes at once', () => {
  const section = {
    notify: 'oncall',
    cluster: 'my cluster',
    workers: {
      tiles: {
        ...C,
        queue: { dealy: 5, deadLetter: false },
        memory: 'much',
        cpu: 4096,
        scaling: { min: 5 },
        alarms: { cpu: true },
        secrets: { KEY: 'a b' },
      },
      'render tiles': { mounts: ['/usr'], permissions: [{ Action: [5], Resource: '*' }, 7] },
      empty: null,
    },
  };

  it('come together, those of the schema first', () => {
    expect(errorOf(section).problems.map(({ code, place }) => `${code} ${place}`)).toEqual([
      'WATCHBOT_WRONG_TYPE watchbot.workers.tiles.memory',
      'WATCHBOT_UNKNOWN_KEY watchbot.workers.tiles.queue.dealy',
      'WATCHBOT_WRONG_TYPE watchbot.workers.tiles.alarms.cpu',
      'WATCHBOT_WRONG_TYPE watchbot.workers["render tiles"].permissions[0].Action[0]',
      'WATCHBOT_WRONG_TYPE watchbot.workers["render tiles"].permissions[1]',
      'WATCHBOT_WRONG_TYPE watchbot.workers.empty',
      'WATCHBOT_CONTRADICTION watchbot.workers.tiles.scaling.min',
      'WATCHBOT_MALFORMED watchbot.workers.tiles.secrets.KEY',
      'WATCHBOT_MISSING_KEY watchbot.workers["render tiles"].command',
      'WATCHBOT_MALFORMED watchbot.workers["render tiles"].mounts[0]',
      'WATCHBOT_MALFORMED watchbot.cluster',
      'WATCHBOT_MALFORMED watchbot.notify',
      'WATCHBOT_MALFORMED watchbot.workers["render tiles"]',
    ]);
  });

  it('say nothing across keys about what the schema has refused', () => {
    const places = errorOf(section).problems.map(({ code, place }) => `${code} ${place}`);
    // cpu 4096 with the default memory, and `deadLetter: false` with the default of a key that may be misspelt.
    expect(places.filter((place) => /FARGATE_SIZE|deadLetter|\.Sid/.test(place))).toEqual([]);
  });

  it('are counted in the first line', () => {
    expect(errorOf(section).message).toMatch(/^The watchbot section has 13 errors:\n\nWATCHBOT_/);
    expect(errorOf(null).message).toMatch(/^The watchbot section has an error:\n\nWATCHBOT_/);
  });

  it.each([
    ['a key beside `workers:`', { workers: { tiles: C }, command: 'true', notify: 'oncall' }],
    [
      'a key of nested settings that is also a worker key',
      { ...C, queue: { command: 'x' }, notify: 'oncall' },
    ],
    ['the only worker', { workers: { tiles: 5 }, notify: 'oncall' }],
    ['all of `workers:`', { workers: [], notify: 'oncall' }],
    ['a list that is empty without what is wrong in it', { ...C, vpc: { subnets: [5] }, notify: 'oncall' }],
  ])('do not keep the rules from running: %s', (_title, given) => {
    expect(errorOf(given).problems.map(({ place }) => place)).toContain('watchbot.notify');
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
