import type { TSchema } from '@sinclair/typebox';
import { ManyWorkersSchema, SingleWorkerSchema } from '../../src/config/schema/service';
import { UserError } from '../../src/errors/user-error';
import { isMap } from '../../src/shared/json';
import { fc } from './seeded';

/** Generates sections from the schema. A new key needs no change here, unless its text must mean something. */
export const anySection: fc.Arbitrary<Record<string, unknown>> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constant(SingleWorkerSchema as TSchema) },
    { weight: 1, arbitrary: fc.constant(ManyWorkersSchema as TSchema) },
  )
  .chain((schema) => arbitraryOf(schema, '') as fc.Arbitrary<Record<string, unknown>>);

const ACCOUNT = '123456789012';

const INTRINSICS = [
  { 'Fn::ImportValue': 'network-Thing' },
  { 'Fn::Sub': '${AWS::StackName}-thing' },
  { 'Fn::Join': ['-', [{ Ref: 'AWS::StackName' }, 'thing']] },
];

/** Values for texts that must mean something, by the end of their path. */
const TEXTS: Readonly<Record<string, readonly unknown[]>> = {
  command: ['python3 render.py', 'exit 0'],
  'command[]': ['python3', 'render.py'],
  handler: ['src/render.handler'],
  'entryPoint[]': ['/bootstrap', 'serve'],
  'external[]': ['sharp', '@acme/fonts'],
  registry: ['ghcr.io/acme', 'localhost:5000'],
  'registry.name': ['ghcr.io/acme', 'registry.acme.example:5000/tiles'],
  'registry.credentials': [`arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:registry-a1B2c3`],
  cluster: ['shared', `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/shared`],
  notify: ['oncall@example.com', `arn:aws:sns:us-east-1:${ACCOUNT}:alarms`],
  'notify[]': ['oncall@example.com', `arn:aws:sns:us-east-1:${ACCOUNT}:alarms`],
  secrets: ['/tiles/key', `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:tiles-a1B2c3`],
  ssm: ['/tiles/key', `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/tiles/key`],
  secretsManager: [`arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:tiles-a1B2c3:key::`],
  'managedPolicies[]': ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
  role: [`arn:aws:iam::${ACCOUNT}:role/tiles/jobs`],
  executionRole: [`arn:aws:iam::${ACCOUNT}:role/jobs-start`],
  schedulerRole: [`arn:aws:iam::${ACCOUNT}:role/jobs-schedules`],
  infrastructureRole: [`arn:aws:iam::${ACCOUNT}:role/jobs-volumes`],
  'sidecars.image': ['envoyproxy/envoy:v1.31', `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/tools/proxy:7`],
  'sidecars.credentials': [`arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:hub-a1B2c3`],
  'sidecars.user': ['1337', 'app:app'],
  'sidecars.ports[]': ['15000', '2000/udp'],
  'sidecars.mounts.volume': ['scratch'],
  'volumes.path': ['/volume', '/var/volume', '/files'],
  'volumes.efs': ['fs-0a1b2c3d', 'fs-0a1b2c3d4e5f67890'],
  'volumes.accessPoint': ['fsap-0a1b2c3d4e5f67890'],
  'volumes.securityGroup': ['sg-0a1b2c3d'],
  'volumes.snapshot': ['snap-0a1b2c3d'],
  'volumes.host': ['/mnt/models', '/var/run/docker.sock'],
  'volumes.root': ['/', '/tiles'],
  kmsKey: [`arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`],
  Resource: ['arn:aws:s3:::tiles/*'],
  'Resource[]': ['arn:aws:s3:::tiles/*', 'arn:aws:s3:::tiles'],
  Action: ['s3:GetObject'],
  'Action[]': ['s3:GetObject', 's3:PutObject'],
  'deploy.alarms[]': ['failures', 'tiles-too-slow', 'Sum of 5xx / all'],
  'mounts[]': ['/scratch', '/var/cache/tiles'],
  'capacity.managed.infrastructureRole': [`arn:aws:iam::${ACCOUNT}:role/instances`],
  'capacity.managed.instanceProfile': [`arn:aws:iam::${ACCOUNT}:instance-profile/instances`],
  'capacity[].provider': ['FARGATE', 'FARGATE_SPOT', 'big-instances'],
  'queue.arn': [`arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`, `arn:aws:sqs:us-east-1:${ACCOUNT}:jobs.fifo`],
  'queue.deadLetter': [`arn:aws:sqs:us-east-1:${ACCOUNT}:dead`],
  'queue.encryption': [
    'SSE-SQS',
    'KMS',
    'alias/tiles',
    `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  ],
  topic: [`arn:aws:sns:us-east-1:${ACCOUNT}:jobs`, `arn:aws:sns:us-east-1:${ACCOUNT}:jobs.fifo`],
  'headers[]': ['X-GitHub-Event', 'Stripe-Signature'],
  sns: [`arn:aws:sns:us-east-1:${ACCOUNT}:news`, `arn:aws:sns:eu-west-1:999999999999:news.fifo`],
  'sns.arn': [`arn:aws:sns:us-east-1:${ACCOUNT}:other`],
  schedule: ['rate(5 minutes)', 'cron(0 6 * * ? *)'],
  rate: ['rate(1 day)', 'at(2030-01-01T00:00:00)'],
  timezone: ['Europe/Vienna'],
  bucket: ['tiles-uploads', 'tiles.other'],
  event: ['s3:ObjectCreated:*', 's3:ObjectRemoved:Delete'],
  eventBus: ['orders', `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/orders`],
  inputPath: ['$.detail'],
  issuer: ['https://id.example.com'],
  'environmentFiles[]': ['arn:aws:s3:::tiles/prod.env', 'arn:aws:s3:::tiles/stage/dev.env'],
  'log.secretOptions': ['/splunk/token'],
  'container.user': ['app', 'app:staff', '1000:1000'],
  'container.workingDirectory': ['/app'],
  'options[]': ['noexec', 'mode=700'],
  hosts: ['10.0.0.5'],
  expression: ['attribute:ecs.instance-type =~ g4dn.*'],
  field: ['instanceId', 'cpu', 'memory'],
};

/** Values for maps whose content the schema leaves to AWS, by the end of their path. */
const MAPS: Readonly<Record<string, readonly unknown[]>> = {
  pattern: [
    { source: ['aws.s3'] },
    { 'detail-type': ['Order'], detail: { total: [{ numeric: ['>', 10] }] } },
  ],
  filterPolicy: [{ kind: ['tile'] }, { size: [{ numeric: ['>', 10] }] }],
  input: [{ z: 1 }, 'text'],
  Condition: [{ StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
  extensions: [
    {},
    { logGroup: { LogGroupClass: 'STANDARD' } },
    { queue: { Tags: [{ Key: 'a', Value: 'b' }] } },
  ],
  buildArgs: [{ VERSION: '1' }],
  // Of its keys few go together.
  vpc: [
    { subnets: ['subnet-0a1b2c3d', { 'Fn::ImportValue': 'network-Thing' }], publicIp: true },
    {
      subnets: { 'Fn::Split': [',', { 'Fn::ImportValue': 'network-Subnets' }] },
      securityGroups: ['sg-0a1b2c3d'],
    },
    'private',
    { private: 'natPerZone', endpoints: ['logs', 'sts'] },
    { private: 'endpoints' },
    { private: 'endpoints', endpoints: ['bedrock-runtime'] },
  ],
};

/** Names for the keys of maps, by the end of their path. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  workers: ['render', 'mail', 'night-run'],
  tmpfs: ['/cache', '/keys'],
  sidecars: ['proxy', 'agent'],
  dependsOn: ['proxy', 'watchbot'],
  'sidecars.mounts': ['/shared', '/data'],
  'firelens.options': ['enable-ecs-log-metadata'],
  'outputs[]': ['Name', 'Host'],
};

/** The entry of the table for a path: the one whose key is the longest end of the path. */
function known<T>(table: Readonly<Record<string, T>>, path: string): T | undefined {
  const keys = path.split('.');
  for (let first = 0; first < keys.length; first += 1) {
    const found = table[keys.slice(first).join('.')];
    if (found !== undefined) return found;
  }
  return undefined;
}

function arbitraryOf(schema: TSchema, path: string): fc.Arbitrary<unknown> {
  const maps = known(MAPS, path);
  if (maps !== undefined) return fc.constantFrom(...maps);
  if (schema.title === 'a CloudFormation function that gives a list') {
    return fc.constant({ 'Fn::Split': [',', { 'Fn::ImportValue': 'network-Subnets' }] });
  }
  if (schema.title === 'a CloudFormation function') return fc.constantFrom(...INTRINSICS);
  if (Array.isArray(schema.anyOf)) {
    return fc.oneof(...(schema.anyOf as TSchema[]).map((branch) => arbitraryOf(branch, path)));
  }
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if ('const' in schema) return fc.constant(schema.const);
  return typed(schema, path);
}

function typed(schema: TSchema, path: string): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return numbers(schema);
    case 'string':
      return texts(schema, path);
    case 'array':
      return fc.array(arbitraryOf(schema.items as TSchema, `${path}[]`), {
        minLength: (schema.minItems as number | undefined) ?? 0,
        maxLength: Math.min((schema.maxItems as number | undefined) ?? 3, 3),
      });
    case 'object':
      return objects(schema, path);
    default:
      return fc.constantFrom<unknown>('text', 1, true);
  }
}

function numbers({ minimum = 0, maximum = 1_000, multipleOf = 1 }: TSchema): fc.Arbitrary<number> {
  const [low, high, step] = [minimum, maximum, multipleOf] as [number, number, number];
  const usual = [low, Math.min(high, low + step), Math.min(high, Math.max(low, 60)), high];
  return fc.oneof(
    fc.constantFrom(...usual).map((value) => Math.floor(value / step) * step),
    fc.integer({ min: Math.ceil(low / step), max: Math.floor(high / step) }).map((value) => value * step),
  );
}

function texts({ pattern }: TSchema, path: string): fc.Arbitrary<unknown> {
  const values = known(TEXTS, path);
  if (values !== undefined) return fc.constantFrom(...values);
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  return fc.constantFrom('some-text', 'a', 'x/y');
}

function objects(schema: TSchema, path: string): fc.Arbitrary<unknown> {
  const { properties, required, patternProperties, additionalProperties } = schema as Partial<{
    properties: Record<string, TSchema>;
    required: string[];
    patternProperties: Record<string, TSchema>;
    additionalProperties: TSchema | boolean;
  }>;
  if (properties !== undefined && Object.keys(properties).length > 0) {
    const named = Object.entries(properties).map(
      ([key, value]) => [key, arbitraryOf(value, path === '' ? key : `${path}.${key}`)] as const,
    );
    // The schema requires keys that have a default, but a user may leave them out.
    const needed = (required ?? []).filter((key) => properties[key]?.default === undefined);
    return withOneKey(fc.record(Object.fromEntries(named), { requiredKeys: needed }), schema);
  }
  const [values] = [...Object.values(patternProperties ?? {}), additionalProperties];
  if (typeof values !== 'object') return fc.constant({});
  return fc.dictionary(
    fc.constantFrom(...(known(NAMES, path) ?? ['NAME', 'OTHER'])),
    arbitraryOf(values, path),
    {
      minKeys: path === 'workers' ? 1 : 0,
      maxKeys: 2,
    },
  );
}

/** Keeps one key if the schema allows just one, as in a source. */
function withOneKey(record: fc.Arbitrary<object>, { maxProperties }: TSchema): fc.Arbitrary<unknown> {
  if (maxProperties !== 1) return record;
  return fc.tuple(record, fc.nat()).map(([all, index]) => {
    const entries = Object.entries(all);
    return entries.length === 0 ? {} : Object.fromEntries([entries[index % entries.length]!]);
  });
}

/**
 * Removes from a section what the errors name until it is valid. Most of what was generated stays.
 * @param attempt throws a `UserError` as long as the section is invalid
 */
export function repairSection<T>(
  section: Record<string, unknown>,
  attempt: (section: unknown) => T,
): { result: T; errors: UserError[] } {
  const errors: UserError[] = [];
  for (let round = 0; round < 40; round += 1) {
    try {
      return { result: attempt(structuredClone(section)), errors };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      errors.push(error);
      // Later places come first, so that removing an entry of a list does not move entries still to be removed.
      [...new Set(error.problems.map(({ place }) => place))]
        .sort()
        .reverse()
        .forEach((place) => {
          remove(section, keysOf(place));
        });
    }
  }
  throw new Error(`still wrong: ${JSON.stringify(section)}\n${errors.at(-1)?.message}`);
}

function keysOf(place: string): string[] {
  return place
    .split(/[.[\]]+/)
    .map((key) => key.replace(/^"(.*)"$/, '$1'))
    .filter((key) => key !== '')
    .slice(1);
}

/** Removes the key. If it is missing, its default is wrong, and a key beside it is removed. */
function remove(section: Record<string, unknown>, keys: readonly string[]): void {
  const parents = keys.slice(0, -1);
  const target = valueAt(section, parents);
  const last = keys.at(-1) ?? '';
  if (Array.isArray(target)) target.splice(Number(last), 1);
  // A text may stand for a map, as the name of a preset does, and a map may be missing.
  else if (!isMap(target)) remove(section, parents);
  else if (last in target) Reflect.deleteProperty(target, last);
  else if (!removeBeside(target, last) && parents.length > 0) remove(section, parents);
}

const valueAt = (section: unknown, keys: readonly string[]): unknown =>
  keys.reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], section);

function removeBeside(map: Record<string, unknown>, key: string): boolean {
  // Either the command was missing from the beginning, or what replaced it was removed.
  if (key === 'command') return Reflect.set(map, 'command', 'true');
  return key === 'memory' && Reflect.deleteProperty(map, 'cpu');
}
