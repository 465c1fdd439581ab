import { describe, expect, it } from '@jest/globals';
import { memoize } from 'lodash';
import { MalformedError, resolve, type Scope } from '../../src/features/local/intrinsics';
import { ManyWorkersSchema, SingleWorkerSchema } from '../../src/config/schema/service';
import { isMap } from '../../src/shared/json';
import { functionKeys } from './function-keys';
import { arnOf, JWT } from './sections';
import { single } from './support';

/*
 * Every key of the section whose value may be a CloudFormation function, by every function: the template with the function,
 * worked out as CloudFormation does it, is the template with the text that the function gives.
 */

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

/** Each gives the text: `Own` stands for all of it, `End` for what follows its first half. */
const FORMS: Record<string, (text: string) => object> = {
  Ref: () => ({ Ref: 'Own' }),
  GetAtt: () => ({ 'Fn::GetAtt': ['Own', 'Value'] }),
  'GetAtt as text': () => ({ 'Fn::GetAtt': 'Own.Value' }),
  Sub: () => ({ 'Fn::Sub': '${Own}' }),
  'Sub with a beginning': (text) => ({ 'Fn::Sub': `${text.slice(0, half(text))}\${End}` }),
  'Sub with AWS’s own parameters': (text) => ({ 'Fn::Sub': bySub(text) }),
  'Sub with variables': () => ({ 'Fn::Sub': ['${It}', { It: { Ref: 'Own' } }] }),
  Join: () => ({ 'Fn::Join': ['', [{ Ref: 'Own' }]] }),
  'Join with a beginning': (text) => ({ 'Fn::Join': ['', [text.slice(0, half(text)), { Ref: 'End' }]] }),
  ImportValue: () => ({ 'Fn::ImportValue': 'Own' }),
  If: () => ({ 'Fn::If': ['Condition', { Ref: 'Own' }, { Ref: 'AWS::NoValue' }] }),
  'If of texts': (text) => ({ 'Fn::If': ['Condition', text, text] }),
  Select: () => ({ 'Fn::Select': [0, { 'Fn::Split': ['|', { Ref: 'Own' }] }] }),
  FindInMap: () => ({ 'Fn::FindInMap': ['Own', 'us-east-1', 'value'] }),
};

/** Each gives the list of which `Own` is the text with bars. */
const LIST_FORMS: Record<string, object> = {
  Split: { 'Fn::Split': ['|', { Ref: 'Own' }] },
  'Split of an import': { 'Fn::Split': ['|', { 'Fn::ImportValue': 'Own' }] },
  If: { 'Fn::If': ['Condition', { 'Fn::Split': ['|', { Ref: 'Own' }] }, { Ref: 'AWS::NoValue' }] },
};

const half = (text: string) => Math.ceil(text.length / 2);

const bySub = (text: string) =>
  text
    .replace(/^arn:aws:/, 'arn:${AWS::Partition}:')
    .replace(REGION, '${AWS::Region}')
    .replace(ACCOUNT, '${AWS::AccountId}');

interface Key {
  path: string;
  section: (value: unknown) => object;
  texts: readonly (string | readonly string[])[];
  /** Functions with which the section is refused. */
  refused?: readonly string[];
}

const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/jobs`;
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const SECRET = arnOf('secretsmanager', 'secret:prod/db');
const PROFILE = `arn:aws:iam::${ACCOUNT}:instance-profile/instances`;
const OTHER = '210987654321';
const everywhere = { events: [{ schedule: 'rate(1 day)' }, { webhook: { authorization: 'apiKey' } }] };
const jwt = (change: object) => ({
  events: [{ webhook: { authorization: { jwt: { ...JWT.jwt, ...change } } } }],
});
const pattern = { source: ['tiles'] };
const instances = { cluster: 'shared' };
const scratch = { ebs: 500, path: '/scratch' };
const volume = (mounted: object) => ({
  vpc: { subnets, securityGroups: ['sg-0a1b2c3d'] },
  volumes: { files: { path: '/files', ...mounted } },
});
const subnets = ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'];

const KEYS: readonly Key[] = [
  { path: 'environment.NAME', section: (KEY) => ({ environment: { KEY } }), texts: ['any', 'arn:aws:x'] },
  {
    path: 'secrets.NAME.ssm',
    section: (ssm) => ({ secrets: { KEY: { ssm } } }),
    texts: ['/tiles/key', 'key', 'a/key', arnOf('ssm', 'parameter/tiles/key', 'eu-west-1')],
  },
  {
    path: 'secrets.NAME.secretsManager',
    section: (secretsManager) => ({ secrets: { KEY: { secretsManager } } }),
    texts: [SECRET, `${SECRET}-AbCdEf`, `${SECRET}-AbCdEf:password::`, `${SECRET}:password:AWSCURRENT:`]
      .concat(['prod/db', 'prod/db:password::'])
      .concat(SECRET.replace(ACCOUNT, OTHER)),
  },
  {
    path: 'registry.credentials',
    section: (credentials) => ({ registry: { name: 'ghcr.io/acme', credentials } }),
    texts: [SECRET, `${SECRET}-AbCdEf`],
  },
  {
    path: 'permissions[].Resource',
    section: (Resource) => ({ permissions: [{ Action: 's3:GetObject', Resource }] }),
    texts: ['arn:aws:s3:::tiles/*', '*'],
  },
  {
    path: 'permissions[].Resource[]',
    section: (resource) => ({ permissions: [{ Action: 's3:GetObject', Resource: [resource] }] }),
    texts: ['arn:aws:s3:::tiles/*'],
  },
  {
    path: 'managedPolicies[]',
    section: (policy) => ({ managedPolicies: [policy] }),
    texts: [`arn:aws:iam::${ACCOUNT}:policy/tiles`, 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
  },
  {
    path: 'capacity[].provider',
    section: (provider) => ({ ...instances, capacity: [{ provider }] }),
    texts: ['gpu-instances'],
  },
  {
    path: 'placementConstraints[].expression',
    section: (expression) => ({
      ...instances,
      capacity: 'EC2',
      placementConstraints: [{ type: 'memberOf', expression }],
    }),
    texts: ['attribute:availableDiskSpace >= 10'],
  },
  {
    path: 'capacity.managed.infrastructureRole',
    section: (infrastructureRole) => ({
      capacity: { managed: { infrastructureRole, instanceProfile: PROFILE } },
    }),
    texts: [ROLE],
  },
  {
    path: 'capacity.managed.instanceProfile',
    section: (instanceProfile) => ({ capacity: { managed: { instanceProfile, infrastructureRole: ROLE } } }),
    texts: [PROFILE],
  },
  {
    path: 'queue.arn',
    section: (arn) => ({ queue: { arn, deadLetter: arnOf('sqs', 'dead') }, ...everywhere, handler: true }),
    texts: [arnOf('sqs', 'jobs'), arnOf('sqs', 'jobs').replace(ACCOUNT, OTHER)],
  },
  {
    path: 'queue.arn',
    section: (arn) => ({
      queue: { arn, fifo: true },
      events: [{ schedule: { rate: 'rate(1 day)', messageGroupId: 'daily' } }],
      compatibility: 'watchbot',
    }),
    texts: [arnOf('sqs', 'jobs.fifo')],
  },
  {
    path: 'queue.deadLetter',
    section: (deadLetter) => ({ queue: { deadLetter } }),
    texts: [arnOf('sqs', 'dead')],
  },
  {
    path: 'queue.encryption',
    section: (encryption) => ({ queue: { encryption }, ...everywhere, sender: true }),
    texts: [KEY_ID, arnOf('kms', `key/${KEY_ID}`), `arn:aws:kms:${REGION}:${OTHER}:key/${KEY_ID}`].concat([
      'alias/tiles',
      'alias/maps/tiles',
      arnOf('kms', 'alias/tiles'),
      `arn:aws:kms:${REGION}:${OTHER}:alias/maps/tiles`,
    ]),
  },
  { path: 'role', section: (role) => ({ role }), texts: [ROLE] },
  { path: 'executionRole', section: (executionRole) => ({ executionRole }), texts: [ROLE] },
  {
    path: 'schedulerRole',
    section: (schedulerRole) => ({ schedulerRole, ...everywhere }),
    texts: [ROLE],
  },
  {
    path: 'events[].webhook.role',
    section: (role) => ({ events: [{ webhook: { authorization: 'iam', role } }] }),
    texts: [ROLE],
  },
  {
    path: 'topic',
    section: (topic) => ({ topic, queue: { arn: arnOf('sqs', 'jobs'), encryption: KEY_ID }, sender: true }),
    texts: [arnOf('sns', 'jobs'), arnOf('sns', 'jobs').replace(ACCOUNT, OTHER)],
  },
  {
    path: 'events[].sns',
    section: (sns) => ({ events: [{ sns }] }),
    texts: [arnOf('sns', 'news'), arnOf('sns', 'news', 'eu-west-1')],
  },
  {
    path: 'events[].sns.arn',
    section: (arn) => ({ events: [{ sns: { arn, rawMessageDelivery: true } }] }),
    texts: [arnOf('sns', 'news'), arnOf('sns', 'news').replace(ACCOUNT, OTHER)],
  },
  {
    path: 'events[].eventBridge.eventBus',
    section: (eventBus) => ({
      queue: { encryption: 'KMS' },
      events: [{ eventBridge: { pattern, eventBus } }],
    }),
    texts: ['default', 'maps', 'aws.partner/example.com/maps', arnOf('events', 'event-bus/maps')],
  },
  {
    path: 'events[].s3.bucket',
    section: (bucket) => ({ events: [{ s3: { bucket, existing: true } }] }),
    texts: ['tiles-raw'],
  },
  {
    path: 'events[].s3.bucket',
    section: (bucket) => ({ queue: { encryption: 'KMS' }, events: [{ s3: { bucket } }] }),
    texts: ['tiles-raw'],
    refused: ['Ref', 'GetAtt', 'GetAtt as text'],
  },
  {
    path: 'events[].webhook.authorization.jwt.issuer',
    section: (issuer) => jwt({ issuer }),
    texts: ['https://id.example.com'],
  },
  {
    path: 'events[].webhook.authorization.jwt.audience[]',
    section: (audience) => jwt({ audience: [audience] }),
    texts: ['tiles'],
  },
  {
    path: 'container.labels.NAME',
    section: (team) => ({ container: { labels: { team } } }),
    texts: ['maps'],
  },
  {
    path: 'container.environmentFiles[]',
    section: (file) => ({ container: { environmentFiles: [file] } }),
    texts: ['arn:aws:s3:::settings/prod.env'],
  },
  {
    path: 'container.log.options.NAME',
    section: (address) => ({
      ...instances,
      capacity: 'EC2',
      container: { log: { driver: 'gelf', options: { 'gelf-address': address } } },
    }),
    texts: ['udp://10.0.0.9:12201'],
  },
  {
    path: 'container.log.secretOptions.NAME.ssm',
    section: (ssm) => ({
      container: {
        log: { driver: 'splunk', options: { 'splunk-url': 'x' }, secretOptions: { 'splunk-token': { ssm } } },
      },
    }),
    texts: ['/splunk/token'],
  },
  {
    path: 'container.log.secretOptions.NAME.secretsManager',
    section: (secretsManager) => ({
      container: {
        log: {
          driver: 'splunk',
          options: { 'splunk-url': 'x' },
          secretOptions: { 'splunk-token': { secretsManager } },
        },
      },
    }),
    texts: [SECRET, `${SECRET}-AbCdEf:token::`],
  },
  { path: 'container.user', section: (user) => ({ container: { user } }), texts: ['app:app', '1000'] },
  {
    path: 'container.workingDirectory',
    section: (workingDirectory) => ({ container: { workingDirectory } }),
    texts: ['/app'],
  },
  {
    path: 'container.hosts.NAME',
    section: (address) => ({ ...instances, capacity: 'EC2', container: { hosts: { db: address } } }),
    texts: ['10.0.0.5'],
  },
  ...(
    [
      ['image', (image) => ({ image }), 'envoyproxy/envoy:v1.31'],
      ['credentials', (credentials) => ({ credentials }), `${SECRET}-a1B2c3`],
      ['entryPoint[]', (program) => ({ entryPoint: [program] }), '/envoy'],
      ['command[]', (argument) => ({ command: ['-c', argument] }), '/envoy.yaml'],
      ['environment.NAME', (KEY) => ({ environment: { KEY } }), 'value'],
      ['secrets.NAME.ssm', (ssm) => ({ secrets: { KEY: { ssm } } }), '/tiles/key'],
      ['secrets.NAME.secretsManager', (name) => ({ secrets: { KEY: { secretsManager: name } } }), SECRET],
      ['labels.NAME', (team) => ({ labels: { team } }), 'maps'],
      ['user', (user) => ({ user }), '1337'],
      [
        'firelens.options.NAME',
        (value) => ({ firelens: { options: { 'config-file-type': 'file', 'config-file-value': value } } }),
        '/outputs.conf',
      ],
      [
        'firelens.outputs[].NAME',
        (Host) => ({ preset: 'fluent-bit', firelens: { outputs: [{ Name: 'es', Host }] } }),
        'logs.example.com',
      ],
    ] as [string, (value: unknown) => object, string][]
  ).map(([path, of, text]) => ({
    path: `sidecars.NAME.${path}`,
    section: (value: unknown) => ({ sidecars: { proxy: { image: 'a:1', ...of(value) } } }),
    texts: [text],
  })),
  { path: 'deploy.alarms[]', section: (alarm) => ({ deploy: { alarms: [alarm] } }), texts: ['slow'] },
  {
    path: 'cluster',
    section: (cluster) => ({ cluster, scaling: { max: 2 }, exec: true }),
    texts: ['shared', arnOf('ecs', 'cluster/shared')],
  },
  { path: 'notify', section: (notify) => ({ notify }), texts: [arnOf('sns', 'oncall')] },
  {
    path: 'notify[]',
    section: (topic) => ({ notify: ['a@example.com', topic] }),
    texts: [arnOf('sns', 'x')],
  },
  { path: 'vpc.subnets[]', section: (subnet) => ({ vpc: { subnets: [subnet] } }), texts: [subnets[0]!] },
  { path: 'vpc.subnets', section: (list) => ({ vpc: { subnets: list } }), texts: [subnets] },
  {
    path: 'vpc.securityGroups[]',
    section: (group) => ({ vpc: { subnets, securityGroups: [group] } }),
    texts: ['sg-0a1b2c3d'],
  },
  {
    path: 'vpc.securityGroups',
    section: (securityGroups) => ({ vpc: { subnets, securityGroups } }),
    texts: [['sg-0a1b2c3d', 'sg-1a1b2c3d']],
  },
  {
    path: 'infrastructureRole',
    section: (infrastructureRole) => ({ infrastructureRole, volumes: { scratch } }),
    texts: [ROLE],
  },
  { path: 'volumes.NAME.efs', section: (efs) => volume({ efs }), texts: ['fs-0a1b2c3d'] },
  {
    path: 'volumes.NAME.accessPoint',
    section: (accessPoint) => volume({ efs: 'fs-0a1b2c3d', accessPoint }),
    texts: ['fsap-0a1b2c3d4e5f67890'],
  },
  {
    path: 'volumes.NAME.securityGroup',
    section: (securityGroup) => volume({ efs: 'fs-0a1b2c3d', securityGroup }),
    texts: ['sg-2a1b2c3d'],
  },
  { path: 'volumes.NAME.snapshot', section: (snapshot) => volume({ snapshot }), texts: ['snap-0a1b2c3d'] },
  {
    path: 'volumes.NAME.kmsKey',
    section: (kmsKey) => volume({ ...scratch, kmsKey }),
    texts: [arnOf('kms', `key/${KEY_ID}`)],
  },
];

/** Fargate's own capacity providers, of which the plugin must know: only a condition says that they are these. */
const FARGATE: Key = {
  path: 'capacity[].provider',
  section: (provider) => ({ capacity: [{ provider }] }),
  texts: ['FARGATE_SPOT'],
  refused: Object.keys(FORMS).filter((form) => form !== 'If of texts'),
};

interface Form {
  form: string;
  given: object;
  text: string | string[];
}

const formsOf = ({ texts, refused = [] }: Key): Form[] =>
  texts.flatMap((text): Form[] => {
    if (typeof text !== 'string') {
      return Object.entries(LIST_FORMS).map(([form, given]) => ({ form, given, text: [...text] }));
    }
    return Object.entries(FORMS)
      .filter(([form]) => !refused.includes(form))
      .map(([form, make]) => ({ form, given: make(text), text }));
  });

const CASES = [...KEYS, FARGATE].flatMap((key) =>
  formsOf(key).map((each) => ({ ...each, path: key.path, section: key.section })),
);

describe('a template with a function is that with its text', () => {
  it.each(CASES)('$path by $form: $text', ({ section, given, text }) => {
    const command = (value: unknown) => {
      const all: Record<string, unknown> = { ...section(value) };
      return 'handler' in all ? { ...all, command: undefined, image: 'x' } : all;
    };
    const expected = madeOf(command(text));
    const found = single(command(given));
    const own = Array.isArray(text) ? text.join('|') : text;
    expect(workedOut(renamed(found, expected), own)).toEqual(workedOut(pick(expected), own));
  });
});

it('these are all keys whose values may be functions', () => {
  const all = [...functionKeys(SingleWorkerSchema), ...functionKeys(ManyWorkersSchema)];
  const paths = new Set(all.map((key) => key.replace(/^workers\.NAME\./, '')));
  expect([...new Set(KEYS.map(({ path }) => path))].sort()).toEqual([...paths].sort());
});

type Made = Pick<ReturnType<typeof single>, 'Resources' | 'Outputs'>;

/** Most forms of a key are compared with the same. */
const madeOf = memoize((section: object) => single(section), JSON.stringify);

/** Without the output by which commands learn what only AWS knows: of a text they know it. */
function pick({ Resources, Outputs }: Made): Made {
  const others = Object.entries(Outputs).filter(([name]) => name !== 'WatchbotScheduleRoleArn');
  return { Resources, Outputs: Object.fromEntries(others) };
}

/** Ids of subscriptions, buckets and deployments are hashes of what was given. */
function renamed(found: Made, expected: Made): Made {
  const ids = Object.keys(expected.Resources);
  const others = Object.keys(found.Resources)
    .map((id, index) => [id, ids[index] ?? id] as const)
    .filter(([id, other]) => id !== other);
  const text = others.reduce(
    (made, [id, other]) => made.replaceAll(new RegExp(`\\b${id}\\b`, 'g'), other),
    JSON.stringify(pick(found)),
  );
  return JSON.parse(text) as Made;
}

function workedOut(value: unknown, text: string): unknown {
  const known: Record<string, string> = {
    Own: text,
    End: text.slice(half(text)),
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT,
    'AWS::StackName': 'tiles-dev',
    'AWS::StackId': arnOf('cloudformation', 'stack/tiles-dev/1'),
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const scope: Scope = {
    ref: (id) => known[id] ?? `the ref of ${id}`,
    attribute: (id, name) => known[id] ?? `the ${name} of ${id}`,
  };
  return withoutUseless(resolve(withoutConditions(value), scope));
}

function withoutConditions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutConditions);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::If' in value) return withoutConditions((value['Fn::If'] as unknown[])[1]);
  if ('Fn::ImportValue' in value) return { Ref: value['Fn::ImportValue'] };
  if ('Fn::FindInMap' in value) return { Ref: (value['Fn::FindInMap'] as unknown[])[0] };
  if ('Fn::GetAZs' in value) return ['us-east-1a', 'us-east-1b'];
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutConditions(entry)]));
}

/**
 * Which form a function gives is known to AWS alone. Then a policy names what each form would mean: of what follows there is
 * none in any account, so that it is nothing that more is allowed.
 */
const USELESS = [
  // A complete ARN, as if it were a partial one; and the partial one, which no secret has.
  /:secret:.*-[A-Za-z0-9]{6}-\?{6}$/,
  /:secret:(?!.*-([A-Za-z0-9]{6}|\?{6})$)/,
  // An alias, as if it were a key.
  /:kms:.*[:/]alias\//,
];

function withoutUseless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUseless).filter((entry) => !isUseless(entry));
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.entries(value).map(
    ([key, entry]) => [key, entry === 'EncryptionByAlias' ? 'Encryption' : withoutUseless(entry)] as const,
  );
  return Object.fromEntries(all.filter(([key, entry]) => !(key === 'Region' && entry === REGION)));
}

function isUseless(entry: unknown): boolean {
  if (typeof entry === 'string') return USELESS.some((form) => form.test(entry));
  if (!isMap(entry)) return false;
  // No key has an alias that is called as an id or an ARN.
  const aliases = JSON.stringify(entry.Condition ?? {});
  const isNoAlias = /"kms:ResourceAliases":"alias\/(arn:|[0-9a-f-]{36}")/.test(aliases);
  return isNoAlias || (typeof entry.Resource === 'string' && isUseless(entry.Resource));
}

it('a function in a form that CloudFormation does not take is seen by this test', () => {
  expect(() => workedOut({ 'Fn::Select': [9, ['a']] }, '')).toThrow(MalformedError);
});
