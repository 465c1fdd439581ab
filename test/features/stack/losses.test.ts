import { describe, expect, it } from '@jest/globals';
import {
  foreignMaker,
  hasWorkers,
  lossesOf,
  workerOf,
  type StackResource,
  type StackTemplate,
} from '../../../src/features/stack/losses';
import { buildTemplate } from '../../../src/resources/template';
import { parse } from '../../config/support';

const TABLE: StackResource = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'votes',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};
const QUEUE: StackResource = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } };

const resources = (Resources: Record<string, StackResource>): StackTemplate => ({ Resources });
const changed = (resource: StackResource, properties: object): StackResource => ({
  ...resource,
  Properties: { ...resource.Properties, ...properties },
});
/** What is told of one resource, `A`. */
function told(before: StackResource, after?: StackResource): string[] {
  const losses = lossesOf(resources({ A: before }), resources(after === undefined ? {} : { A: after }));
  return losses.map(({ path, reason }) =>
    [path.join('/'), reason.how, 'property' in reason ? reason.property : ''].join(' ').trim(),
  );
}

describe('a resource that is taken out of the template', () => {
  it.each([
    'AWS::SQS::Queue',
    'AWS::DynamoDB::Table',
    'AWS::DynamoDB::GlobalTable',
    'AWS::S3::Bucket',
    'AWS::EFS::FileSystem',
    'AWS::Logs::LogGroup',
    'AWS::Cognito::UserPool',
    'AWS::KMS::Key',
    'AWS::DocDB::DBCluster',
    'AWS::SecretsManager::Secret',
  ])('is lost with its data: %s', (Type) => {
    expect(told({ Type })).toEqual(['A removed']);
  });

  it.each(['AWS::SNS::Topic', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::ECS::Service'])(
    'holds none: %s',
    (Type) => {
      expect(told({ Type })).toEqual([]);
    },
  );

  it.each([
    ['Retain', []],
    ['RetainExceptOnCreate', []],
    ['Snapshot', []],
    ['Delete', ['A removed']],
    [undefined, ['A removed']],
  ])('has the policy %s', (DeletionPolicy, losses) => {
    expect(told({ ...TABLE, DeletionPolicy })).toEqual(losses);
    expect(told({ ...TABLE, UpdateReplacePolicy: DeletionPolicy })).toEqual(['A removed']);
  });

  it('is saved by AWS where a snapshot is the default', () => {
    expect(told({ Type: 'AWS::RDS::DBCluster' })).toEqual([]);
    expect(told({ Type: 'AWS::RDS::DBCluster', DeletionPolicy: 'Delete' })).toEqual(['A removed']);
  });

  it('is not the bucket in which the framework keeps its own packages', () => {
    const before = resources({ ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' } });
    expect(lossesOf(before, resources({}))).toEqual([]);
  });
});

describe('a resource that stays', () => {
  it.each<[string, StackResource, StackResource, string[]]>([
    ['as it is', TABLE, TABLE, []],
    ['with another setting', TABLE, changed(TABLE, { BillingMode: 'PROVISIONED' }), []],
    ['under another name', TABLE, changed(TABLE, { TableName: 'ballots' }), ['A replaced TableName']],
    ['without its name', TABLE, changed(TABLE, { TableName: undefined }), ['A replaced TableName']],
    [
      'with another key',
      TABLE,
      changed(TABLE, { KeySchema: [{ AttributeName: 'no', KeyType: 'HASH' }] }),
      ['A replaced KeySchema'],
    ],
    ['as a FIFO queue', QUEUE, changed(QUEUE, { FifoQueue: true }), ['A replaced FifoQueue']],
    ['with `FifoQueue: false`, which is none', QUEUE, changed(QUEUE, { FifoQueue: false }), []],
    [
      'with a text for a boolean',
      changed(QUEUE, { FifoQueue: true }),
      changed(QUEUE, { FifoQueue: 'true' }),
      [],
    ],
    // CloudFormation refuses another type, and changes nothing.
    ['as another type', TABLE, { Type: 'AWS::DynamoDB::GlobalTable', Properties: TABLE.Properties! }, []],
    ['under a condition', TABLE, { ...TABLE, Condition: 'IsLive' }, ['A conditional']],
    [
      'under the condition of before',
      { ...TABLE, Condition: 'IsLive' },
      { ...TABLE, Condition: 'IsLive' },
      [],
    ],
  ])('%s', (_, before, after, losses) => {
    expect(told(before, after)).toEqual(losses);
  });

  it('is kept when it is replaced, if both templates say so', () => {
    const kept = { ...TABLE, UpdateReplacePolicy: 'Retain' };
    const renamed = changed(kept, { TableName: 'ballots' });
    expect(told(kept, renamed)).toEqual([]);
    expect(told(TABLE, renamed)).toEqual(['A replaced TableName']);
    expect(told({ ...TABLE, DeletionPolicy: 'Retain' }, changed(TABLE, { TableName: 'ballots' }))).toEqual([
      'A replaced TableName',
    ]);
  });
});

describe('stacks in the stack', () => {
  const NESTED: StackResource = { Type: 'AWS::CloudFormation::Stack' };
  const before = { Resources: { Data: NESTED }, nested: { Data: resources({ Votes: TABLE }) } };

  it.each<[string, StackTemplate, string[]]>([
    ['that go take all with them', resources({}), ['Data/Votes']],
    ['that stay as they are', before, []],
    ['whose table goes', { ...before, nested: { Data: resources({}) } }, ['Data/Votes']],
    ['whose new template is not known', { Resources: { Data: NESTED } }, []],
    [
      'whose table moves out',
      { ...before, Resources: { Data: NESTED, Votes: TABLE }, nested: { Data: {} } },
      ['Data/Votes'],
    ],
  ])('%s', (_, after, losses) => {
    expect(lossesOf(before, after).map(({ path }) => path.join('/'))).toEqual(losses);
  });

  it('that are kept keep what is in them', () => {
    const kept = { ...before, Resources: { Data: { ...NESTED, DeletionPolicy: 'Retain' } } };
    expect(lossesOf(kept, resources({}))).toEqual([]);
  });
});

describe('the maker of a stack', () => {
  const sign = (more: Partial<Parameters<typeof foreignMaker>[0]>) =>
    foreignMaker({ tags: [], outputs: [], template: {}, ...more });

  it.each<[string, Partial<Parameters<typeof foreignMaker>[0]>]>([
    ['its output', { outputs: ['ServerlessDeploymentBucketName'] }],
    ['its bucket', { template: resources({ ServerlessDeploymentBucket: {} }) }],
    [
      'its description',
      { template: { Description: 'The AWS CloudFormation template for this Serverless application' } },
    ],
    // Serverless 4 and `provider.deploymentBucket` have their packages elsewhere, and a service its own description.
    ['its tag', { tags: ['STAGE'], template: { Description: 'Votes' } }],
    ['its tag, if the template may not be read', { tags: ['STAGE'], template: undefined }],
  ])('is the framework, by %s', (_, more) => {
    expect(sign(more)).toBeUndefined();
  });

  it.each<[string, Partial<Parameters<typeof foreignMaker>[0]>]>([
    ['Watchbot 9.1.0', { template: { Metadata: { EcsWatchbotVersion: '9.1.0' } }, tags: ['Stage'] }],
    ['the AWS CDK', { template: resources({ CDKMetadata: { Type: 'AWS::CDK::Metadata' } }) }],
    ['something else than the Serverless Framework', { tags: ['Team'] }],
    ['something else than the Serverless Framework', { template: undefined }],
  ])('is %s', (maker, more) => {
    expect(sign(more)).toBe(maker);
  });
});

describe('workers', () => {
  const SECTION = { workers: { 'render-tiles': { command: 'x' }, count: { command: 'x', reduce: true } } };
  const deployed = (section: object) => {
    const configuration = parse(section);
    const images = Object.fromEntries(configuration.workers.map(({ name }) => [name, 'image']));
    return buildTemplate(configuration, images) as unknown as StackTemplate;
  };
  const lost = (after: object) => lossesOf(deployed(SECTION), deployed(after)).map(({ path }) => path[0]);

  it('lose nothing in a deploy that changes settings', () => {
    const next = {
      workers: { ...SECTION.workers, count: { command: 'y', reduce: true, memory: 2048, cpu: 1024 } },
    };
    expect(lost(next)).toEqual([]);
  });

  it('lose queues, log and table when they are renamed', () => {
    const { count, ...others } = SECTION.workers;
    expect(lost({ workers: { ...others, tally: count } })).toEqual([
      'CountQueue',
      'CountDeadLetterQueue',
      'CountLogGroup',
      'CountProgressTable',
    ]);
  });

  it('lose their queues when these become FIFO', () => {
    expect(
      lost({ workers: { ...SECTION.workers, count: { command: 'x', reduce: true, queue: { fifo: true } } } }),
    ).toEqual(['CountQueue', 'CountDeadLetterQueue']);
  });

  it('keep the bucket and the key that the plugin makes, which it lets AWS keep', () => {
    const before = deployed({
      command: 'x',
      queue: { encryption: 'KMS' },
      events: [{ s3: { bucket: 'tiles-in' } }],
    });
    const ids = lossesOf(before, {}).map(({ path }) => path[0]);
    expect(ids).toEqual(['WatchbotQueue', 'WatchbotDeadLetterQueue', 'WatchbotLogGroup']);
  });

  it('lose nothing with the access key of a sender, which can be made again', () => {
    const before = deployed({ command: 'x', sender: true });
    expect(lossesOf(before, deployed({ command: 'x' }))).toEqual([]);
  });

  it('are known by the outputs of the stack', () => {
    const template = deployed(SECTION);
    expect(hasWorkers(template)).toBe(true);
    expect(hasWorkers(resources({ Votes: TABLE }))).toBe(false);
    expect(workerOf('RenderTilesDeadLetterQueue', template)).toBe('render-tiles');
    expect(workerOf('CountProgressTable', template)).toBe('count');
    expect(workerOf('CountTable', template)).toBeUndefined();
  });
});

describe('a secret', () => {
  const secret = (Properties: Record<string, unknown>) => ({
    Type: 'AWS::SecretsManager::Secret',
    Properties,
  });

  it.each([
    ['of which the template knows nothing', secret({ Name: 'key' })],
    ['that AWS has made up', secret({ GenerateSecretString: {} })],
    ['with a text that somebody may have changed', secret({ SecretString: 'change me' })],
  ])('%s is lost', (_, resource) => {
    expect(told(resource)).toEqual(['A removed']);
  });

  it('is replaced when it is renamed', () => {
    expect(told(secret({ Name: 'key' }), secret({ Name: 'other' }))).toEqual(['A replaced Name']);
  });

  it('that is made of other resources can be made again, such as an access key', () => {
    expect(told(secret({ SecretString: { 'Fn::Sub': '${Key}:${Key.SecretAccessKey}' } }))).toEqual([]);
  });
});

describe('a log group', () => {
  const group = (LogGroupName: unknown) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName } });
  const fn = (FunctionName?: string) => ({ Type: 'AWS::Lambda::Function', Properties: { FunctionName } });
  const meant = (before: StackTemplate, after: StackTemplate = {}) =>
    lossesOf(before, after).map(({ path, goesWithOwner }) => [path.join('/'), goesWithOwner === true]);

  const uploads = {
    UploadLogGroup: group('/aws/lambda/s-dev-upload'),
    UploadLambdaFunction: fn('s-dev-upload'),
  };
  const byReference = (LogGroupName: object) => ({ UploadLogGroup: group(LogGroupName), Upload: fn() });

  it.each<[string, Record<string, object>]>([
    ['function', uploads],
    ['function that it names by Sub', byReference({ 'Fn::Sub': '/aws/lambda/${Upload}' })],
    [
      'function that it names by Join',
      byReference({ 'Fn::Join': ['', ['/aws/lambda/', { Ref: 'Upload' }]] }),
    ],
    [
      'REST API',
      {
        UploadLogGroup: group('/aws/api-gateway/s-dev'),
        ApiGatewayRestApi: { Type: 'AWS::ApiGateway::RestApi' },
      },
    ],
    [
      'HTTP API',
      { UploadLogGroup: group('/aws/http-api/s-dev'), HttpApi: { Type: 'AWS::ApiGatewayV2::Api' } },
    ],
    [
      'websocket API',
      { UploadLogGroup: group('/aws/websocket/s-dev'), WebsocketsApi: { Type: 'AWS::ApiGatewayV2::Api' } },
    ],
  ])('goes with its %s, and not without it', (_, before) => {
    const { UploadLogGroup, ...owner } = before;
    expect(meant(resources(before))).toEqual([['UploadLogGroup', true]]);
    expect(meant(resources(before), resources(owner))).toEqual([['UploadLogGroup', false]]);
    expect(meant(resources({ UploadLogGroup: UploadLogGroup! }))).toEqual([['UploadLogGroup', false]]);
  });

  it('does not go with another function, or with one that it is only named like', () => {
    const { UploadLogGroup } = uploads;
    expect(meant(resources({ UploadLogGroup, Other: fn('s-dev-upload-2') }))).toEqual([
      ['UploadLogGroup', false],
    ]);
    expect(meant(resources({ UploadLogGroup: group('s-dev-upload'), Other: fn('s-dev-upload') }))).toEqual([
      ['UploadLogGroup', false],
    ]);
  });

  it('goes with a function of another nested stack', () => {
    const nested = (of: Record<string, object>) => ({ Resources: of }) as StackTemplate;
    const stacks = { A: { Type: 'AWS::CloudFormation::Stack' }, B: { Type: 'AWS::CloudFormation::Stack' } };
    const { UploadLogGroup, UploadLambdaFunction } = uploads;
    const before = {
      ...resources(stacks),
      nested: { A: nested({ UploadLogGroup }), B: nested({ UploadLambdaFunction }) },
    };
    expect(meant(before, { ...resources(stacks), nested: { A: {}, B: {} } })).toEqual([
      ['A/UploadLogGroup', true],
    ]);
    expect(meant(before, { ...before, nested: { ...before.nested, A: {} } })).toEqual([
      ['A/UploadLogGroup', false],
    ]);
  });
});
