import { describe, expect, it } from '@jest/globals';
import { build, ownArn, single, statementsOf, type Properties } from './support';

const actionsOf = (role: Properties) => statementsOf(role).flatMap(({ Action }) => Action);
const queueArn = { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] };

/** AWS takes no resource for these: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const WITHOUT_RESOURCE = [
  'ecr:GetAuthorizationToken',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

describe('the roles of a worker', () => {
  it('may do just this', () => {
    const { of } = single();
    const cluster = { Cluster: { Ref: 'WatchbotCluster' } };
    expect(statementsOf(of('taskRole'))).toEqual([
      {
        Sid: 'Messages',
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
        Resource: queueArn,
      },
      { Sid: 'MoreWork', Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'WatchbotTopic' } },
      { Sid: 'SendAnew', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queueArn },
      {
        Sid: 'ScaleInProtection',
        Effect: 'Allow',
        Action: 'ecs:UpdateTaskProtection',
        Resource: { 'Fn::Sub': [ownArn('ecs', 'task/${Cluster}/*')['Fn::Sub'], cluster] },
        Condition: { StringEquals: { 'aws:ResourceTag/watchbot:worker': 'tiles-dev-Watchbot' } },
      },
      {
        Sid: 'OwnVersion',
        Effect: 'Allow',
        Action: ['ecs:DescribeTasks', 'ecs:DescribeServices'],
        Resource: [
          { 'Fn::Sub': [ownArn('ecs', 'task/${Cluster}/*')['Fn::Sub'], cluster] },
          { 'Fn::Sub': [ownArn('ecs', 'service/${Cluster}/*')['Fn::Sub'], cluster] },
        ],
        Condition: { StringEquals: { 'aws:ResourceTag/watchbot:worker': 'tiles-dev-Watchbot' } },
      },
    ]);
    expect(statementsOf(of('executionRole'))).toEqual([
      { Sid: 'RegistryLogin', Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Sid: 'PullImage',
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: ownArn('ecr', 'repository/tiles-dev/watchbot'),
      },
      {
        Sid: 'WriteLog',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': ['WatchbotLogGroup', 'Arn'] },
      },
    ]);
  });

  it.each([
    [{}],
    [{ exec: true }],
    [{ queue: { fifo: true }, exec: true }],
    [{ topic: false, secrets: { A: '/a', B: { secretsManager: { Ref: 'Secret' } } } }],
  ])('name a resource wherever AWS takes one: %j', (section) => {
    const { of } = single(section);
    const open = [...statementsOf(of('taskRole')), ...statementsOf(of('executionRole'))].filter(
      ({ Resource }) => Resource === undefined || [Resource].flat().includes('*'),
    );
    expect(
      open.flatMap(({ Action }) => Action).filter((action) => !WITHOUT_RESOURCE.includes(action)),
    ).toEqual([]);
    // No action is a pattern either.
    expect([...actionsOf(of('taskRole')), ...actionsOf(of('executionRole'))].join()).not.toContain('*');
  });

  it('are taken by tasks of this account and region alone', () => {
    const { of } = single();
    for (const role of [of('taskRole'), of('executionRole')]) {
      expect(role.AssumeRolePolicyDocument.Statement).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': ownArn('ecs', '*') },
          },
        },
      ]);
    }
  });

  it('are two of its own for each worker', () => {
    const { Resources } = build({ workers: { a: { command: 'true' }, b: { command: 'true' } } });
    const roles = Object.keys(Resources).filter((id) => Resources[id]?.Type === 'AWS::IAM::Role');
    expect(roles.filter((id) => !id.startsWith('Watchbot'))).toHaveLength(4);
    expect(JSON.stringify(Resources.ATaskRole)).not.toMatch(/"B[A-Z]/);
  });
});

describe('the task role', () => {
  const protection = (role: Properties) => statementsOf(role).find(({ Sid }) => Sid === 'ScaleInProtection')!;

  it('protects tasks that have the tag of the worker’s service, and no others of the cluster', () => {
    const workers = { a: { command: 'true' }, 'b-c': { command: 'true' } };
    const { Resources } = build({ cluster: 'shared', workers }, { stackName: 'tiles-prod' });
    for (const [prefix, Value] of [
      ['A', 'tiles-prod-A'],
      ['BC', 'tiles-prod-BC'],
    ]) {
      expect(protection(Resources[`${prefix}TaskRole`]!.Properties!).Condition).toEqual({
        StringEquals: { 'aws:ResourceTag/watchbot:worker': Value },
      });
      expect(Resources[`${prefix}Service`]?.Properties).toMatchObject({
        Tags: [{ Key: 'watchbot:worker', Value }],
        PropagateTags: 'SERVICE',
      });
    }
  });

  it('protects tasks by their tag where the service has more tags', () => {
    const service = { Tags: [{ Key: 'team', Value: 'maps' }] };
    expect(protection(single({ extensions: { service } }).of('taskRole'))).toHaveProperty('Condition');
  });

  it.each([
    [{ Tags: [] }],
    [{ Tags: { Ref: 'OwnTags' } }],
    [{ Tags: [{ Key: 'watchbot:worker', Value: 'mine' }] }],
    [{ PropagateTags: 'TASK_DEFINITION' }],
  ])('protects all tasks of the cluster if its own may not have the tag: %j', (service) => {
    expect(protection(single({ extensions: { service } }).of('taskRole'))).not.toHaveProperty('Condition');
  });

  it('may send to the queue if there is no topic', () => {
    const [, moreWork] = statementsOf(single({ topic: false }).of('taskRole'));
    expect(moreWork).toMatchObject({ Action: 'sqs:SendMessage', Resource: queueArn });
  });

  it('has the channels of ECS Exec only with `exec`', () => {
    expect(actionsOf(single().of('taskRole')).join()).not.toContain('ssmmessages');
    expect(actionsOf(single({ exec: true }).of('taskRole')).join()).toContain('ssmmessages:OpenDataChannel');
  });

  it('has the user’s own statements, apart from the watcher’s', () => {
    const permissions = [
      { Action: 's3:PutObject', Resource: 'arn:aws:s3:::tiles/*' },
      { Effect: 'Deny', Action: ['s3:DeleteObject'], Resource: [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }] },
    ];
    const { Policies, ManagedPolicyArns } = single({
      permissions,
      managedPolicies: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', { Ref: 'Policy' }],
    }).of('taskRole');
    expect(Policies).toMatchObject([{ PolicyName: 'watcher' }, { PolicyName: 'worker' }]);
    expect(Policies[1].PolicyDocument.Statement).toEqual([
      { ...permissions[0], Effect: 'Allow' },
      permissions[1],
    ]);
    expect(ManagedPolicyArns).toEqual(['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', { Ref: 'Policy' }]);
  });
});

describe('the execution role reads just the secrets', () => {
  const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key';
  it.each([
    ['a name', '/tiles/key', 'ssm:GetParameters', ownArn('ssm', 'parameter/tiles/key')],
    ['a name without a slash', 'key', 'ssm:GetParameters', ownArn('ssm', 'parameter/key')],
    [
      'an ARN',
      'arn:aws:ssm:eu-west-1:123456789012:parameter/key',
      'ssm:GetParameters',
      'arn:aws:ssm:eu-west-1:123456789012:parameter/key',
    ],
    ['a whole ARN', `${secretArn}-AbCdEf`, 'secretsmanager:GetSecretValue', `${secretArn}-AbCdEf`],
    ['an ARN without its last six', secretArn, 'secretsmanager:GetSecretValue', `${secretArn}-??????`],
    ['a key of it', `${secretArn}-AbCdEf:user::`, 'secretsmanager:GetSecretValue', `${secretArn}-AbCdEf`],
  ])('%s', (...[, secret, action, resource]) => {
    const { of } = single({ secrets: { KEY: secret } });
    expect(statementsOf(of('executionRole')).slice(3)).toMatchObject([
      { Effect: 'Allow', Action: action, Resource: [resource] },
    ]);
    expect(of('taskDefinition').ContainerDefinitions[0].Secrets).toEqual([
      { Name: 'KEY', ValueFrom: secret },
    ]);
  });

  it('of both kinds, a statement each', () => {
    const secrets = { B: '/b', A: '/a', C: `${secretArn}-AbCdEf` };
    expect(statementsOf(single({ secrets }).of('executionRole')).slice(3)).toEqual([
      {
        Sid: 'ReadParameters',
        Effect: 'Allow',
        Action: 'ssm:GetParameters',
        Resource: [ownArn('ssm', 'parameter/a'), ownArn('ssm', 'parameter/b')],
      },
      {
        Sid: 'ReadSecrets',
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: [`${secretArn}-AbCdEf`],
      },
    ]);
  });
});

describe('under `compatibility: watchbot` a worker may do, as before,', () => {
  const given = (section: object) => statementsOf(single(section).of('taskRole'));
  const before = given({});

  it('what the roles of v9 and v10 allowed, of its own queue and log only', () => {
    const now = given({ compatibility: 'watchbot' });
    expect(now.slice(0, before.length)).toEqual(before);
    expect(now.slice(before.length)).toEqual([
      {
        Sid: 'WatchbotQueue',
        Effect: 'Allow',
        Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        Resource: queueArn,
      },
      {
        Sid: 'WatchbotLog',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:FilterLogEvents'],
        Resource: { 'Fn::GetAtt': ['WatchbotLogGroup', 'Arn'] },
      },
    ]);
  });

  it('that of a queue which is taken over', () => {
    const arn = 'arn:aws:sqs:us-east-1:123456789012:tiles-production-WatchbotQueue';
    expect(given({ compatibility: 'watchbot', queue: { arn } })).toContainEqual(
      expect.objectContaining({ Sid: 'WatchbotQueue', Resource: arn }),
    );
  });
});
