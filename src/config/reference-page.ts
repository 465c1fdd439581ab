import type { TSchema } from '@sinclair/typebox';
import { describeAllowed, describeDefault } from './reference-words';
import { code, EXTENSIONS, INTRODUCTION, VARIABLES } from './reference-texts';
import { ManyWorkersSchema } from './schema/service';
import { WorkerSchema } from './schema/worker';

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
    keys: ['environment', 'secrets', 'permissions', 'managedPolicies', 'exec'],
  },
  { title: 'Files', keys: ['mounts', 'writableFilesystem'] },
  { title: 'Queue and topic', keys: ['queue', 'topic', 'sender'] },
  { title: 'Other sources of messages', keys: ['events'] },
  { title: 'Scaling', keys: ['scaling'] },
  { title: 'Alarms and dashboard', keys: ['alarms', 'dashboard'] },
  { title: 'Deploys', keys: ['deploy'] },
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
