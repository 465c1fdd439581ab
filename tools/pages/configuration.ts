import type { TSchema } from '@sinclair/typebox';
import { SHARED_RESOURCE_NAMES, WORKER_RESOURCE_NAMES } from '../../src/config/logical-ids';
import { ManyWorkersSchema } from '../../src/config/schema/service';
import { WorkerSchema } from '../../src/config/schema/worker';
import { describeAllowed, describeDefault } from '../schema/words';

/** What the reference page says besides its tables. */

const INTRODUCTION = `<!-- Made by \`npm run docs\` from src/config/schema: change it there. -->
<!-- prettier-ignore-start -->

# Configuration

All of it stands under \`watchbot\` in serverless.yml. One worker's keys stand directly there, and the worker is then called \`watchbot\`:

\`\`\`yaml
watchbot:
  image: .
  command: python3 render.py
  scaling: { max: 50 }
  notify: oncall@example.com
\`\`\`

Several workers of one stack stand under \`workers\`, by name; what they share stands beside it:

\`\`\`yaml
watchbot:
  notify: oncall@example.com
  workers:
    render:
      command: python3 render.py
    thumbnails:
      image: thumbnails
      command: ./thumbnail
      scaling: { max: 10 }
\`\`\`

A stage may be without a worker: \`enabled: false\`, or \`null\` in the place of a worker, of \`workers\` or of the section, makes nothing of it. So \`watchbot: \${self:custom.workers.\${sls:stage}, null}\` has workers in the stages that \`custom.workers\` names.
A worker's name is a letter, then letters and digits, with single dashes between, and at most 40 characters long.
A CloudFormation function is one of \`Ref\` or \`Fn::…\`, in the short form too: \`!Ref Bucket\`, \`!GetAtt Bucket.Arn\`.
Numbers that count seconds, days, MiB, GiB or CPU units may be texts with a unit: \`90s\`, \`15m\`, \`2h\`, \`14d\`; \`512MB\`, \`2GB\` (1 GB is 1024 MB, as \`GiB\` and \`MiB\` are); \`0.5 vCPU\`. A text that is exactly a number, \`true\` or \`false\`, as a variable of the environment gives it, is taken as that.
In the tables, \`NAME\` stands for a name of your own and \`[]\` for each entry of a list.`;

const VARIABLES = `## Variables for the rest of serverless.yml

What a worker has can be told to functions, resources and other workers:

| variable | |
| --- | --- |
| \`\${watchbot:NAME.queueUrl}\` | URL of the queue |
| \`\${watchbot:NAME.queueArn}\` | ARN of the queue |
| \`\${watchbot:NAME.topicArn}\` | ARN of the topic |
| \`\${watchbot:NAME.deadLetterQueueUrl}\` | URL of the dead-letter queue |
| \`\${watchbot:NAME.deadLetterQueueArn}\` | ARN of the dead-letter queue |
| \`\${watchbot:NAME.logGroup}\` | name of the log group |
| \`\${watchbot:NAME.progressTable}\` | ARN of the table of reduce mode |

\`NAME\` is the worker's, and may be left out with its dot where there is only one. A worker that is not made in this stage has no value: what follows a comma is taken, as in \`\${watchbot:NAME.queueUrl, ''}\`. A variable stands alone, since its value is a CloudFormation function.
A Lambda function or another worker in whose environment the queue or the topic of a worker stands gets leave to send to it; a function with a role of its own gets a warning instead:

<!-- snippet: service-part -->

\`\`\`yaml
functions:
  upload:
    handler: upload.handler
    environment:
      QUEUE_URL: \${watchbot:render.queueUrl}
\`\`\``;

const EXTENSIONS = `Under \`extensions\` a resource is one of ${WORKER_RESOURCE_NAMES.map(code).join(', ')}. Of those that come from \`events\` there may be several, by number from 1: \`snsSubscription1\`, \`eventRule1\`, \`schedule1\`, \`bucket1\`, \`bucketRule1\`. \`container\` is the worker's container in the task definition. What the workers share is ${SHARED_RESOURCE_NAMES.map(code).join(', ')}: beside \`workers\` where there are several. Properties are CloudFormation's:

\`\`\`yaml
watchbot:
  command: python3 render.py
  extensions:
    queue:
      Tags:
        - { Key: team, Value: maps }
\`\`\``;

function code(text: string): string {
  return `\`${text}\``;
}

const WORKER_PROPERTIES: Readonly<Record<string, TSchema>> = WorkerSchema.properties;

/** Headings of the page and the keys under each. A test sees to it that no key is left out. */
export const GROUPS: readonly { title: string; keys: readonly string[] }[] = [
  {
    title: 'What runs',
    keys: [
      'command',
      'handler',
      'image',
      'concurrency',
      'maxJobDuration',
      'stopTimeout',
      'stopNotice',
      'stdin',
    ],
  },
  {
    title: 'Handlers',
    keys: ['bundle', 'entryPoint', 'batchSize', 'batchWindow', 'maxInvocations', 'workerMemory'],
  },
  {
    title: 'Where it runs',
    keys: [
      'capacity',
      'architecture',
      'cpu',
      'memory',
      'softMemory',
      'ephemeralStorage',
      'gpu',
      'placementConstraints',
      'placementStrategies',
      'privileged',
    ],
  },
  {
    title: 'What it knows and may do',
    keys: [
      'environment',
      'secrets',
      'permissions',
      'managedPolicies',
      'role',
      'executionRole',
      'schedulerRole',
      'infrastructureRole',
      'exec',
      'compatibility',
    ],
  },
  { title: 'Files', keys: ['mounts', 'writableFilesystem', 'volumes'] },
  { title: 'The container', keys: ['container'] },
  { title: 'Containers beside it', keys: ['sidecars'] },
  { title: 'Queue and topic', keys: ['queue', 'topic', 'sender'] },
  { title: 'Other sources of messages', keys: ['events'] },
  { title: 'Scaling', keys: ['scaling'] },
  { title: 'Alarms and dashboard', keys: ['alarms', 'dashboard'] },
  { title: 'Deploys', keys: ['enabled', 'deploy', 'deletionPolicy'] },
  { title: 'Logs and health', keys: ['logs', 'healthCheck'] },
  { title: 'Reduce mode', keys: ['reduce'] },
  { title: 'The escape hatch', keys: ['extensions'] },
];

/** A key, the schema of its values, and that of the map in which it stands. */
interface Key {
  path: string;
  schema: TSchema;
  parent: TSchema;
}

/** The reference of all keys, as Markdown, from the schema. */
export function referencePage(): string {
  const groups = GROUPS.map(({ title, keys }) => section(`### ${title}`, keys.flatMap(keysOfWorker)));
  return [
    INTRODUCTION,
    section('## What the workers share', keysBesideWorkers()),
    '## The keys of a worker',
    ...groups,
    EXTENSIONS,
    VARIABLES,
    '<!-- prettier-ignore-end -->\n',
  ].join('\n\n');
}

/** Every key, as the page writes it (`alarms.cpu.threshold`, `capacity[].weight`), and its default in the page's words. */
export function keyDefaults(): ReadonlyMap<string, string> {
  const keys = [...keysBesideWorkers(), ...Object.keys(WORKER_PROPERTIES).flatMap(keysOfWorker)];
  return new Map(keys.map((key) => [key.path, defaultOf(key)]));
}

function keysBesideWorkers(): Key[] {
  const { workers, ...shared } = ManyWorkersSchema.properties;
  return [
    ...Object.entries(shared).flatMap(([path, schema]) =>
      keysFrom({ path, schema, parent: ManyWorkersSchema }),
    ),
    // The keys of a worker have tables of their own.
    { path: 'workers', schema: workers, parent: ManyWorkersSchema },
  ];
}

function keysOfWorker(path: string): Key[] {
  return keysFrom({ path, schema: WORKER_PROPERTIES[path]!, parent: WorkerSchema });
}

function section(heading: string, keys: readonly Key[]): string {
  return [
    `${heading}\n`,
    '| key | allowed | default | |',
    '| --- | --- | --- | --- |',
    ...keys.map(row),
  ].join('\n');
}

/** The key, and each key in it. */
function keysFrom(key: Key): Key[] {
  return [key, ...keysWithin(key.path, key.schema)];
}

function keysWithin(path: string, schema: TSchema): Key[] {
  const { anyOf, items, properties, additionalProperties, patternProperties } = schema as Partial<{
    anyOf: TSchema[];
    items: TSchema;
    properties: Record<string, TSchema>;
    additionalProperties: TSchema | boolean;
    patternProperties: Record<string, TSchema>;
  }>;
  const named = [...Object.values(patternProperties ?? {}), additionalProperties].filter(
    (values) => typeof values === 'object',
  );
  return [
    ...Object.entries(properties ?? {}).flatMap(([key, value]) =>
      keysFrom({ path: `${path}.${key}`, schema: value, parent: schema }),
    ),
    ...alternatives(anyOf ?? []).flatMap((branch) => keysWithin(path, branch)),
    ...named.flatMap((values) => keysWithin(`${path}.NAME`, values)),
    ...(items === undefined ? [] : keysWithin(`${path}[]`, items)),
  ];
}

/** Of several maps one is given, so that no key in them is required. */
function alternatives(branches: readonly TSchema[]): TSchema[] {
  const isMap = ({ properties }: TSchema) => Object.keys((properties ?? {}) as object).length > 0;
  const isChoice = branches.filter(isMap).length > 1;
  return branches.map((branch) => (isChoice ? { ...branch, required: [] } : branch));
}

function row(key: Key): string {
  const { path, schema } = key;
  const cells = [code(path), describeAllowed(schema), defaultOf(key), schema.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf({ path, schema, parent }: Key): string {
  const key = path.slice(path.lastIndexOf('.') + 1);
  const isRequired = ((parent.required ?? []) as string[]).includes(key);
  return describeDefault(schema, isRequired);
}
