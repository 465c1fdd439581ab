import { describe, expect, it } from '@jest/globals';
import { resolve, type Scope } from '../../src/features/local/intrinsics';
import { isArn } from '../../src/resources/derived';
import { single, statementsOf, type Properties } from './support';

/*
 * Every key whose value may be a CloudFormation function, and from which the plugin derives something for IAM or ECS, by
 * every function that gives text. What the template has is worked out as CloudFormation would do it.
 */

const OWN = 'arn:aws:SERVICE:us-east-1:123456789012:';
const own = (service: string, resource: string) => OWN.replace('SERVICE', service) + resource;

/** All give the same text, which is that of `Own`; a condition or an import is put as a reference to it. */
const FORMS: Record<string, unknown> = {
  Ref: { Ref: 'Own' },
  GetAtt: { 'Fn::GetAtt': ['Own', 'Value'] },
  Sub: { 'Fn::Sub': '${Own}' },
  'Sub with variables': { 'Fn::Sub': ['${It}', { It: { Ref: 'Own' } }] },
  Join: { 'Fn::Join': ['', [{ Ref: 'Own' }, '']] },
  ImportValue: { 'Fn::ImportValue': 'Own' },
  If: { 'Fn::If': ['Own', { Ref: 'Own' }, { Ref: 'AWS::NoValue' }] },
  Select: { 'Fn::Select': [0, { 'Fn::Split': [',', { Ref: 'Own' }] }] },
};

function workedOut(value: unknown, text: string): unknown {
  const known: Record<string, string> = {
    Own: text,
    'AWS::Partition': 'aws',
    'AWS::Region': 'us-east-1',
    'AWS::AccountId': '123456789012',
    'AWS::StackName': 'tiles-dev',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const scope: Scope = { ref: (id) => known[id], attribute: (id) => known[id] };
  return resolve(withoutConditions(value), scope);
}

function withoutConditions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutConditions);
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::If' in value) return withoutConditions((value['Fn::If'] as unknown[])[1]);
  if ('Fn::ImportValue' in value) return { Ref: value['Fn::ImportValue'] };
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutConditions(entry)]));
}

const resourcesOf = (role: Properties, sid: string, text: string) =>
  statementsOf(role)
    .filter(({ Sid }) => Sid === sid)
    .flatMap(({ Resource }) => workedOut(Resource, text));

describe.each(Object.entries(FORMS))('%s', (form, given) => {
  /** `Ref` gives the name of a cluster or a parameter, and the whole ARN of a secret. */
  const isRef = form === 'Ref';

  it.each([
    ['an ARN', own('secretsmanager', 'secret:db-AbCdEf'), own('secretsmanager', 'secret:db-AbCdEf')],
    ['a partial ARN', own('secretsmanager', 'secret:db'), own('secretsmanager', 'secret:db')],
    [
      'a key of it',
      own('secretsmanager', 'secret:db-AbCdEf:password::'),
      own('secretsmanager', 'secret:db-AbCdEf'),
    ],
  ])('of a secret: %s', (_what, text, arn) => {
    const { of } = single({ secrets: { KEY: { secretsManager: given } } });
    expect(resourcesOf(of('executionRole'), 'ReadSecrets', text)).toEqual(
      isRef ? [text] : [arn, `${arn}-??????`],
    );
    const [secret] = of('taskDefinition').ContainerDefinitions[0].Secrets as { ValueFrom: unknown }[];
    expect(workedOut(secret!.ValueFrom, text)).toBe(text);
  });

  it.each([
    ['a name', '/tiles/key', own('ssm', 'parameter/tiles/key')],
    ['a name without a slash', 'key', own('ssm', 'parameter/key')],
    [
      'an ARN',
      'arn:aws:ssm:eu-west-1:210987654321:parameter/key',
      'arn:aws:ssm:eu-west-1:210987654321:parameter/key',
    ],
  ])('of a parameter: %s', (_what, text, arn) => {
    if (isRef && text.startsWith('arn:')) return;
    const { of } = single({ secrets: { KEY: { ssm: given } } });
    expect(resourcesOf(of('executionRole'), 'ReadParameters', text)).toEqual([arn]);
  });

  it.each([
    ['its name', 'shared'],
    ['its ARN', own('ecs', 'cluster/shared')],
  ])('of a cluster: %s', (_what, text) => {
    if (isRef && text.startsWith('arn:')) return;
    const { of, Outputs } = single({ cluster: given, scaling: { max: 2 } });
    expect(workedOut(of('service').Cluster, text)).toBe('shared');
    expect(workedOut(Outputs.ClusterArn!.Value, text)).toBe(own('ecs', 'cluster/shared'));
    expect(resourcesOf(of('taskRole'), 'ScaleInProtection', text)).toEqual([own('ecs', 'task/shared/*')]);
  });

  it.each([
    ['its id', '1234abcd', own('kms', 'key/1234abcd')],
    [
      'the ARN of another account’s',
      'arn:aws:kms:us-east-1:210987654321:key/1',
      'arn:aws:kms:us-east-1:210987654321:key/1',
    ],
  ])('of a key: %s', (_what, text, arn) => {
    const { of } = single({ queue: { encryption: given } });
    expect(resourcesOf(of('taskRole'), 'Encryption', text)).toEqual([arn]);
  });

  it('of an existing queue: its address', () => {
    const { of } = single({ queue: { arn: given } });
    const [url] = (
      of('taskDefinition').ContainerDefinitions[0].Environment as { Name: string; Value: unknown }[]
    ).filter(({ Name }) => Name === 'QueueUrl');
    expect(workedOut(url!.Value, own('sqs', 'jobs'))).toBe(
      'https://sqs.us-east-1.amazonaws.com/123456789012/jobs',
    );
  });
});

it.each([
  ['a name', 'prod/db', own('secretsmanager', 'secret:prod/db')],
  ['a name with a JSON key', 'prod/db:password::', own('secretsmanager', 'secret:prod/db:password::')],
  [
    'a function that gives no ARN',
    { 'Fn::Sub': '${AWS::StackName}/db' },
    own('secretsmanager', 'secret:tiles-dev/db'),
  ],
])('ECS is told the ARN of a secret of Secrets Manager by %s', (_what, secretsManager, arn) => {
  const { of } = single({ secrets: { KEY: { secretsManager } } });
  const [secret] = of('taskDefinition').ContainerDefinitions[0].Secrets as { ValueFrom: unknown }[];
  expect(workedOut(secret!.ValueFrom, '')).toBe(arn);
  expect(resourcesOf(of('executionRole'), 'ReadSecrets', '')).toContain(
    `${arn.replace(':password::', '')}-??????`,
  );
});

it.each([
  [{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::x' }, true],
  [{ 'Fn::Sub': '${Bucket.Arn}/*' }, true],
  [{ 'Fn::GetAtt': 'Bucket.Arn' }, true],
  [{ 'Fn::Join': [':', ['arn', 'aws']] }, true],
  [{ 'Fn::Sub': ['${A}/x', { A: { 'Fn::GetAtt': ['B', 'Arn'] } }] }, true],
  [{ 'Fn::Sub': '${AWS::StackName}-x' }, false],
  [{ Ref: 'AWS::StackName' }, false],
  [{ 'Fn::Join': ['-', ['tiles', 'x']] }, false],
  [{ 'Fn::Sub': '${Bucket}/*' }, undefined],
  [{ 'Fn::ImportValue': 'x' }, undefined],
])('%j is an ARN: %s', (given, expected) => expect(isArn(given)).toBe(expected));
