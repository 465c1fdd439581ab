import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Configuration } from '../../src/config/configuration';
import { ERROR_CODES } from '../../src/errors/codes';
import { formatProblem } from '../../src/errors/problem';
import { UserError } from '../../src/errors/user-error';
import { CONTEXT, errorOf, messagesOf, parse } from './support';

const C = { command: 'true' };

const WORKER_KEYS =
  'command, image, architecture, cpu, memory, softMemory, ephemeralStorage, capacity, concurrency, maxJobDuration, stopTimeout, environment, secrets, permissions, managedPolicies, queue, topic, scaling, alarms, logs, mounts, writableFilesystem, exec, extensions';
const KEYS = `cluster, vpc, notify, ${WORKER_KEYS}`;
const RESOURCES =
  'queue, deadLetterQueue, topic, subscription, queuePolicy, logGroup, taskDefinition, service, taskRole, executionRole, scalableTarget, scaleUpPolicy, scaleUpAlarm, scaleDownPolicy, scaleDownAlarm, deadLetterAlarm, workerErrorsMetric, workerErrorsAlarm, queueSizeAlarm, memoryAlarm, cpuAlarm';
const VARIABLES =
  'names other than QueueUrl, WorkTopic, LogGroup, Fifo, maxJobDuration, Volumes, writableFilesystem, structuredLogging, WatchbotConcurrency, WatchbotVisibilityTimeout, WatchbotStopTimeout, Message, MessageId, Subject, SentTimestamp, ApproximateFirstReceiveTimestamp, ApproximateReceiveCount, MessageFile, MessageAttributes, MessageGroupId, TRACEPARENT, _X_AMZN_TRACE_ID and ECS_…, AWS_CONTAINER_CREDENTIALS_…';

/** What is wrong, the section, and what its user reads. */
const WRONG: [string, unknown, string[]][] = [
  // The section itself
  [
    'no command in an empty section',
    null,
    [
      'WATCHBOT_MISSING_KEY at watchbot.command',
      '  allowed: a shell line or a list of arguments',
      '  do:      add `command`',
    ],
  ],
  [
    'no command in an empty map',
    {},
    [
      'WATCHBOT_MISSING_KEY at watchbot.command',
      '  allowed: a shell line or a list of arguments',
      '  do:      add `command`',
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
    { ...C, handler: 'src/render.handler' },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.handler',
      '  given:   handler',
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
      '  allowed: a shell line or a list of arguments',
      '  do:      add `command`',
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
      '  allowed: cluster, vpc, notify, workers',
      '  do:      move it into a worker: watchbot.workers.NAME.command',
      'WATCHBOT_UNKNOWN_KEY at watchbot.scaling',
      '  given:   scaling',
      '  allowed: cluster, vpc, notify, workers',
      '  do:      move it into a worker: watchbot.workers.NAME.scaling',
    ],
  ],
  [
    'a worker that is not under workers',
    { tiles: C },
    [
      'WATCHBOT_MISSING_KEY at watchbot.command',
      '  allowed: a shell line or a list of arguments',
      '  do:      add `command`',
      'WATCHBOT_UNKNOWN_KEY at watchbot.tiles',
      '  given:   tiles',
      `  allowed: ${KEYS}`,
      '  do:      move it under `workers`: watchbot.workers.tiles',
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
      '  allowed: a folder, or {path, dockerfile, buildArgs, target}',
    ],
  ],
  [
    'an image without a value',
    { ...C, image: null },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.image',
      '  given:   null',
      '  allowed: a folder, or {path, dockerfile, buildArgs, target}',
    ],
  ],
  [
    'an image without a path',
    { ...C, image: { dockerfile: 'Dockerfile' } },
    ['WATCHBOT_MISSING_KEY at watchbot.image.path', '  allowed: text', '  do:      add `path`'],
  ],
  [
    'an unknown key of an image',
    { ...C, image: { path: '.', dockerfil: 'x' } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.image.dockerfil',
      '  given:   dockerfil',
      '  allowed: path, dockerfile, buildArgs, target',
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
      'WATCHBOT_NOT_ALLOWED at watchbot.cpu',
      '  given:   300',
      '  allowed: 256, 512, 1024, 2048, 4096, 8192, 16384',
    ],
  ],
  [
    'a cpu that is text',
    { ...C, cpu: '256' },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.cpu',
      '  given:   "256"',
      '  allowed: 256, 512, 1024, 2048, 4096, 8192, 16384',
      '  do:      did you mean "256"?',
    ],
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
    'memory that is too small',
    { ...C, memory: 256 },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.memory', '  given:   256', '  allowed: 512 or more'],
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
    { ...C, capacity: 'EC2' },
    ['WATCHBOT_NOT_ALLOWED at watchbot.capacity', '  given:   "EC2"', '  allowed: FARGATE, FARGATE_SPOT'],
  ],
  [
    'a misspelt capacity',
    { ...C, capacity: 'FARGATE_SPPOT' },
    [
      'WATCHBOT_NOT_ALLOWED at watchbot.capacity',
      '  given:   "FARGATE_SPPOT"',
      '  allowed: FARGATE, FARGATE_SPOT',
      '  do:      did you mean "FARGATE_SPOT"?',
    ],
  ],
  [
    'a capacity of the wrong type',
    { ...C, capacity: 5 },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.capacity',
      '  given:   5',
      '  allowed: FARGATE, FARGATE_SPOT, or a list of {provider, weight, base}',
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
      '  allowed: FARGATE, FARGATE_SPOT',
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
    ['WATCHBOT_WRONG_TYPE at watchbot.capacity[0]', '  given:   "FARGATE"', '  allowed: a map of keys'],
  ],
  [
    'a weight above the limit',
    { ...C, capacity: [{ provider: 'FARGATE', weight: 1_001 }] },
    ['WATCHBOT_OUT_OF_RANGE at watchbot.capacity[0].weight', '  given:   1001', '  allowed: 0 to 1000'],
  ],
  [
    'a provider twice',
    { ...C, capacity: [{ provider: 'FARGATE' }, { provider: 'FARGATE', base: 1 }] },
    [
      'WATCHBOT_CONTRADICTION at watchbot.capacity',
      '  given:   FARGATE, FARGATE',
      '  allowed: each provider once',
    ],
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
    'three providers',
    { ...C, capacity: [{ provider: 'FARGATE' }, { provider: 'FARGATE_SPOT' }, { provider: 'FARGATE' }] },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.capacity',
      '  given:   [{"provider":"FARGATE"},{"provider":"FARGATE_SPOT"},{"provider":"FARGATE"}]',
      '  allowed: at most 2 entries',
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
      '  given:   "2026-01-02T00:00:00.000Z"',
      '  allowed: text, a number, true, false or a CloudFormation function',
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
      '  allowed: fifo, visibilityTimeout, retention, maxReceives, delay, deadLetter',
      '  do:      did you mean "visibilityTimeout"?',
    ],
  ],
  [
    "a worker's key in the queue",
    { ...C, queue: { command: 'true' } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.queue.command',
      '  given:   command',
      '  allowed: fifo, visibilityTimeout, retention, maxReceives, delay, deadLetter',
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
      '  allowed: min, max',
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
    'jobs side by side in a container for one',
    { ...C, writableFilesystem: true, concurrency: 2 },
    [
      'WATCHBOT_CONTRADICTION at watchbot.concurrency',
      '  given:   concurrency 2 with `writableFilesystem: true`',
      '  allowed: concurrency 1 with `writableFilesystem`: every job gets a fresh container',
      '  do:      remove one of the two; more tasks come with `scaling.max`',
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
      '  allowed: deadLetter, workerErrors, queueSize, memory, cpu',
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
      `  allowed: ${RESOURCES}`,
      '  do:      did you mean "queue"?',
    ],
  ],
  [
    'an extension of what every object has',
    { ...C, extensions: { constructor: {} } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.extensions.constructor',
      '  given:   constructor',
      `  allowed: ${RESOURCES}`,
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
      '  allowed: resources that the worker has',
      '  do:      remove one of the two',
    ],
  ],
  [
    'an extension of a topic that a FIFO queue does not have',
    { ...C, queue: { fifo: true }, extensions: { subscription: { RawMessageDelivery: true } } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.subscription',
      '  given:   properties of the subscription, which this worker does not have: `queue.fifo: true`',
      '  allowed: resources that the worker has',
      '  do:      remove one of the two',
    ],
  ],
  [
    'an extension of an alarm that is off',
    { ...C, alarms: { memory: false }, extensions: { memoryAlarm: { Threshold: 5 } } },
    [
      'WATCHBOT_CONTRADICTION at watchbot.extensions.memoryAlarm',
      '  given:   properties of the memoryAlarm, which this worker does not have: `alarms.memory: false`',
      '  allowed: resources that the worker has',
      '  do:      remove one of the two',
    ],
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
      '  allowed: a list or a CloudFormation function',
      '  do:      add `subnets`',
    ],
  ],
  [
    'a misspelt key of the network',
    { ...C, vpc: { subnets: ['subnet-0a1b'], securityGroup: ['sg-0a1b'] } },
    [
      'WATCHBOT_UNKNOWN_KEY at watchbot.vpc.securityGroup',
      '  given:   securityGroup',
      '  allowed: subnets, securityGroups, publicIp',
      '  do:      did you mean "securityGroups"?',
    ],
  ],
  [
    'subnets as text',
    { ...C, vpc: { subnets: 'subnet-0a1b' } },
    [
      'WATCHBOT_WRONG_TYPE at watchbot.vpc.subnets',
      '  given:   "subnet-0a1b"',
      '  allowed: a list or a CloudFormation function',
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
    'more security groups than ECS takes',
    {
      ...C,
      vpc: { subnets: ['subnet-0a1b'], securityGroups: ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'sg-6'] },
    },
    [
      'WATCHBOT_OUT_OF_RANGE at watchbot.vpc.securityGroups',
      '  given:   ["sg-1","sg-2","sg-3","sg-4","sg-5","sg-6"]',
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
      'WATCHBOT_MISSING_KEY watchbot.workers["render tiles"].command',
      'WATCHBOT_WRONG_TYPE watchbot.workers["render tiles"].permissions[0].Action[0]',
      'WATCHBOT_WRONG_TYPE watchbot.workers["render tiles"].permissions[1]',
      'WATCHBOT_WRONG_TYPE watchbot.workers.empty',
      'WATCHBOT_CONTRADICTION watchbot.workers.tiles.scaling.min',
      'WATCHBOT_MALFORMED watchbot.workers.tiles.secrets.KEY',
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

describe('any value at all', () => {
  const junk = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1.5,
      Number.NaN,
      [],
      {},
      { Ref: 'X' },
      { 'Fn::Sub': null },
      'arn:aws:',
    ),
  );
  const key = fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    'toString',
    'a\nb',
    'a b',
    '0',
    'tiles',
    'Watchbot',
  );
  const map = (value: fc.Arbitrary<unknown>) =>
    fc.dictionary(fc.oneof(key, fc.string()), value, { maxKeys: 3, noNullPrototype: true });
  const list = (value: fc.Arbitrary<unknown>) => fc.array(value, { maxLength: 3 });
  /** Mostly what is right at its place, so that the rest of the section is looked at too. */
  const mostly = (...right: fc.Arbitrary<unknown>[]) =>
    fc.oneof(...right.map((arbitrary) => ({ arbitrary, weight: 4 })), { arbitrary: junk, weight: 1 });
  const some = (fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(
      { ...fields, [`${Object.keys(fields)[0]}x`]: junk },
      { requiredKeys: [], noNullPrototype: true },
    );
  const number = mostly(fc.integer({ min: -1, max: 50_000 }), fc.constantFrom(256, 512, 1024, 2048, 60, 120));
  const flag = mostly(fc.boolean());
  const text = mostly(
    fc.string(),
    fc.constantFrom('/tmp', '/data', '/data/tiles', '/tiles/key', 'subnet-0a1b2c3d', 's3:GetObject'),
  );
  const alarm = mostly(
    fc.constant(false),
    some({ threshold: number, period: number, evaluationPeriods: number }),
  );
  const workerFields = {
    command: mostly(text, list(text)),
    image: mostly(text, some({ path: text, dockerfile: text, buildArgs: map(text), target: text })),
    architecture: mostly(fc.constantFrom('x86_64', 'arm64')),
    cpu: number,
    memory: number,
    softMemory: number,
    capacity: mostly(
      fc.constantFrom('FARGATE', 'FARGATE_SPOT'),
      list(some({ provider: fc.constantFrom('FARGATE', 'FARGATE_SPOT'), weight: number, base: number })),
    ),
    concurrency: number,
    stopTimeout: number,
    environment: mostly(map(text)),
    secrets: mostly(map(mostly(text, some({ ssm: text }), some({ secretsManager: text })))),
    permissions: mostly(
      list(some({ Action: mostly(text, list(text)), Resource: text, Sid: text, Condition: junk })),
    ),
    managedPolicies: mostly(list(text)),
    queue: mostly(
      some({ fifo: flag, delay: number, maxReceives: number, retention: number, deadLetter: flag }),
    ),
    topic: flag,
    scaling: mostly(some({ min: number, max: number })),
    alarms: mostly(
      some({ cpu: alarm, memory: alarm, deadLetter: alarm, queueSize: alarm, workerErrors: alarm }),
    ),
    logs: mostly(some({ retention: number, structured: flag })),
    mounts: mostly(list(text)),
    writableFilesystem: flag,
    exec: flag,
    extensions: mostly(map(junk), some({ queue: map(junk), topic: map(junk), service: map(junk) })),
  };
  const shared = {
    cluster: text,
    vpc: mostly(some({ subnets: mostly(list(text)), securityGroups: list(text), publicIp: flag })),
    notify: mostly(text, list(text)),
  };
  const worker = fc.record(workerFields, { requiredKeys: ['command'], noNullPrototype: true });
  const section = fc.oneof(
    { arbitrary: junk, weight: 1 },
    {
      arbitrary: fc.record({ ...shared, ...workerFields }, { requiredKeys: [], noNullPrototype: true }),
      weight: 4,
    },
    { arbitrary: some({ workers: mostly(map(mostly(worker))), ...shared, queue: junk }), weight: 4 },
  );

  it('is a frozen configuration or a mistake of the user, never a crash', () => {
    fc.assert(
      fc.property(section, (given) => {
        const outcome = attempt(given);
        if (outcome instanceof UserError) expect(outcome.problems.length).toBeGreaterThan(0);
        else expect(Object.isFrozen(outcome) && Object.isFrozen(outcome.workers[0]?.queue)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('that is right but for one value is told about that value alone', () => {
    const single = fc
      .constantFrom(...Object.keys(workerFields))
      .chain((name) => fc.record({ name: fc.constant(name), value: junk }));
    fc.assert(
      fc.property(single, ({ name, value }) => {
        const outcome = attempt({ ...C, [name]: value });
        const problems = outcome instanceof UserError ? outcome.problems : [];
        expect(problems.filter(({ place }) => !place.startsWith(`watchbot.${name}`))).toEqual(
          // A size is told at `memory`, whichever of the pair was given.
          problems.filter(({ code }) => code === 'WATCHBOT_FARGATE_SIZE' && name === 'cpu'),
        );
      }),
      { numRuns: 400 },
    );
  });
});

function attempt(section: unknown): Configuration | UserError {
  try {
    return parse(section, CONTEXT);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
