import { describe, expect, it } from '@jest/globals';
import { message, messagesOf, parse } from '../support';

const TYPES = {
  Jobs: 'AWS::SQS::Queue',
  News: 'AWS::SNS::Topic',
  Tiles: 'AWS::S3::Bucket',
  Maps: 'AWS::DynamoDB::Table',
  Scheduling: 'AWS::IAM::Role',
  Reading: 'AWS::IAM::ManagedPolicy',
  Slow: 'AWS::CloudWatch::Alarm',
  Other: 'Custom::Thing',
};
const context = {
  resources: Object.fromEntries(
    Object.entries(TYPES).map(([id, type]) => [id, { type, isFifo: false, isInVpc: false }]),
  ),
};
const getAtt = (path: string) => ({ 'Fn::GetAtt': path.split('.') });
const sub = (text: string) => ({ 'Fn::Sub': text });
const section = (given: object) => ({ command: 'true', ...given });
const allowing = (Resource: unknown, Action: unknown = 's3:GetObject') =>
  section({ permissions: [{ Action, Resource }] });

describe('a function that gives what the key does not take', () => {
  it.each<[string, (value: unknown) => object, object, [what: string, right: string]]>([
    ['queue.arn', (arn) => ({ queue: { arn } }), { Ref: 'Jobs' }, ['URL', '`!GetAtt Jobs.Arn`']],
    [
      'queue.arn',
      (arn) => ({ queue: { arn } }),
      getAtt('Jobs.QueueName'),
      ['QueueName', '`!GetAtt Jobs.Arn`'],
    ],
    ['queue.arn', (arn) => ({ queue: { arn } }), sub('${Jobs}'), ['URL', '`!GetAtt Jobs.Arn`']],
    [
      'queue.deadLetter',
      (deadLetter) => ({ queue: { deadLetter } }),
      { Ref: 'Jobs' },
      ['URL', '`!GetAtt Jobs.Arn`'],
    ],
    [
      'events[0].sns',
      (sns) => ({ events: [{ sns }] }),
      getAtt('News.TopicName'),
      ['TopicName', '`!Ref News`'],
    ],
    [
      'events[0].sns.arn',
      (arn) => ({ events: [{ sns: { arn } }] }),
      getAtt('News.TopicName'),
      ['TopicName', '`!Ref News`'],
    ],
    [
      'schedulerRole',
      (schedulerRole) => ({ schedulerRole }),
      { Ref: 'Scheduling' },
      ['name', '`!GetAtt Scheduling.Arn`'],
    ],
    [
      'events[0].webhook.role',
      (role) => ({ events: [{ webhook: { authorization: 'iam', role } }] }),
      { Ref: 'Scheduling' },
      ['name', '`!GetAtt Scheduling.Arn`'],
    ],
    [
      'events[0].s3.bucket',
      (bucket) => ({ events: [{ s3: { bucket, existing: true } }] }),
      getAtt('Tiles.Arn'),
      ['ARN', '`!Ref Tiles`'],
    ],
    [
      'deploy.alarms[0]',
      (alarm) => ({ deploy: { alarms: [alarm] } }),
      getAtt('Slow.Arn'),
      ['ARN', '`!Ref Slow`'],
    ],
    [
      'permissions[0].Resource',
      (value) => allowing(value),
      { Ref: 'Tiles' },
      ['name', '`!GetAtt Tiles.Arn`'],
    ],
    [
      'permissions[0].Resource[1]',
      (value) => allowing(['*', value]),
      { Ref: 'Maps' },
      ['name', '`!GetAtt Maps.Arn`'],
    ],
    [
      'permissions[0].Resource',
      (value) => allowing(value),
      sub('${Tiles}/*'),
      ['name', "`!Sub '${Tiles.Arn}/*'`"],
    ],
  ])('is refused: %s', (place, of, value, [what, right]) => {
    const messages = messagesOf(section(of(value)), context);
    const wanted = what === 'ARN' ? 'name' : 'n ARN';
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(`WATCHBOT_NOT_ALLOWED at watchbot.${place}\n`);
    expect(messages[0]).toContain(`which gives the ${what} of AWS::`);
    expect(messages[0]).toContain(wanted);
    expect(messages[0]).toMatch(`do:      write ${right}`);
  });

  it('is refused at the beginning of a text that is joined', () => {
    const joined = { 'Fn::Join': ['', [{ Ref: 'Tiles' }, '/*']] };
    expect(messagesOf(allowing(joined), context)[0]).toMatch('begin it with `!GetAtt Tiles.Arn`');
  });

  it.each<[string, object]>([
    ['an ARN', { queue: { arn: getAtt('Jobs.Arn') } }],
    ['a topic', { events: [{ sns: { Ref: 'News' } }] }],
    ['a policy', { managedPolicies: [{ Ref: 'Reading' }] }],
    ['a parameter', { queue: { arn: { Ref: 'QueueArn' } }, managedPolicies: [{ Ref: 'Policy' }] }],
    ['a type that nobody knows', { queue: { arn: { Ref: 'Other' } }, ...allowing(getAtt('Other.Value')) }],
    ['a condition', { queue: { arn: { 'Fn::If': ['C', { Ref: 'Jobs' }, getAtt('Jobs.Arn')] } } }],
    ['an import', { queue: { arn: { 'Fn::ImportValue': 'jobs' } } }],
    // ECS takes the name of a role, too.
    ['the name of a role', { role: { Ref: 'Scheduling' }, executionRole: { Ref: 'Scheduling' } }],
    ['a bucket', { events: [{ s3: { bucket: { Ref: 'Tiles' }, existing: true } }] }],
    ['a member of a prototype', { queue: { arn: { Ref: 'constructor' } } }],
  ])('is not what may be right: %s', (_, given) =>
    expect(() => parse(section(given), context)).not.toThrow(),
  );
});

describe('permissions whose resource is no ARN', () => {
  const HERE = '${aws:region}:${aws:accountId}';

  it.each<[unknown, unknown, string]>([
    ['my-bucket/*', 's3:GetObject', 'arn:aws:s3:::my-bucket/*'],
    ['my-bucket', ['s3:GetObject', 's3:ListBucket'], 'arn:aws:s3:::my-bucket'],
    ['s3://my-bucket/in/*', 's3:*', 'arn:aws:s3:::my-bucket/in/*'],
    ['jobs', 'sqs:SendMessage', `arn:aws:sqs:${HERE}:jobs`],
    ['jobs.fifo', 'SQS:SendMessage', `arn:aws:sqs:${HERE}:jobs.fifo`],
    ['news', 'sns:Publish', `arn:aws:sns:${HERE}:news`],
    ['tiles', 'dynamodb:GetItem', `arn:aws:dynamodb:${HERE}:table/tiles`],
    ['/tiles/key', 'ssm:GetParameter', `arn:aws:ssm:${HERE}:parameter/tiles/key`],
    [sub('my-${AWS::Region}/*'), 's3:GetObject', "!Sub 'arn:aws:s3:::my-${AWS::Region}/*'"],
  ])('are refused with the ARN: %j of %j', (Resource, Action, arn) => {
    const expected = message('WATCHBOT_MALFORMED at watchbot.permissions[0].Resource', {
      given: JSON.stringify(Resource),
      allowed: 'an ARN like arn:aws:s3:::NAME/*, `*`, or a CloudFormation function that gives an ARN',
      advice: `write \`${arn}\``,
    });
    expect(messagesOf(allowing(Resource, Action))).toEqual([expected]);
  });

  it('are refused with the ARN of the partition', () =>
    expect(messagesOf(allowing('tiles'), { region: 'cn-north-1' })[0]).toMatch('`arn:aws-cn:s3:::tiles`'));

  it.each<[string, unknown]>([
    ['my-bucket', ['s3:GetObject', 'sqs:SendMessage']],
    ['my bucket', 's3:GetObject'],
    ['my-bucket', '*'],
    ['role', 'iam:PassRole'],
    ['https://sqs.us-east-1.amazonaws.com/1/x', 'sqs:SendMessage'],
  ])('are refused without a guess: %s of %j', (Resource, Action) => {
    const [only, ...others] = messagesOf(allowing(Resource, Action));
    expect(others).toEqual([]);
    expect(only).not.toMatch('do:');
  });

  it('are refused all at once, by their places', () => {
    const messages = messagesOf(allowing(['arn:aws:s3:::a', 'b/*', '*', 'c']));
    expect(messages.map((each) => each.split('\n')[0])).toEqual(
      [1, 3].map((index) => `WATCHBOT_MALFORMED at watchbot.permissions[0].Resource[${index}]`),
    );
  });

  it.each<[unknown]>([
    ['*'],
    ['arn:aws-cn:s3:::tiles/*'],
    ['arn:*:s3:::tiles/${aws:PrincipalTag/team}'],
    ['${param:bucket}'],
    [sub('${BucketArn}/*')],
    [sub('*')],
    [sub('*${Empty}')],
    [sub('ar${Rest}')],
    [sub('arn:${AWS::Partition}:s3:::x')],
    [{ 'Fn::If': ['C', '*', 'arn:aws:s3:::x'] }],
    [{ Ref: 'AWS::NoValue' }],
  ])('are others: %j', (Resource) => expect(() => parse(allowing(Resource), context)).not.toThrow());
});
