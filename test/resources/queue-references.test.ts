import { describe, expect, it } from '@jest/globals';
import { arnOf, DEAD_ARN, OWN_KEY, QUEUE_ARN } from './sections';
import { build, single, statementsOf, type Properties } from './support';

const WEBHOOK = [{ webhook: { authorization: 'apiKey' } }];
const fn = { 'Fn::GetAtt': ['OwnQueue', 'Arn'] };
const part = (number: number) => ({ 'Fn::Select': [number, { 'Fn::Split': [':', fn] }] });
const url = (Region: unknown, Account: unknown, Name: unknown) => ({
  'Fn::Sub': ['https://sqs.${Region}.${AWS::URLSuffix}/${Account}/${Name}', { Region, Account, Name }],
});
const { stringify } = JSON;

/** What the template says of a queue that is there already, by how it is named. */
const NAMED = [
  {
    how: 'its ARN',
    arn: QUEUE_ARN,
    name: 'jobs',
    account: '123456789012',
    queueUrl: url('us-east-1', '123456789012', 'jobs'),
    fifo: 'false',
  },
  {
    how: 'the ARN of a FIFO queue',
    arn: arnOf('sqs', 'jobs.fifo'),
    name: 'jobs.fifo',
    account: '123456789012',
    queueUrl: url('us-east-1', '123456789012', 'jobs.fifo'),
    fifo: 'true',
  },
  {
    how: 'a function',
    arn: fn,
    name: part(5),
    account: part(4),
    queueUrl: url(part(3), part(4), part(5)),
    fifo: 'false',
  },
];

describe.each(NAMED)('an existing queue, by $how', ({ arn, name, account, queueUrl, fifo }) => {
  const messageGroupId = fifo === 'true' ? { messageGroupId: 'web' } : {};
  const events = [{ webhook: { authorization: 'apiKey', ...messageGroupId } }];
  const { of, has, Resources, Outputs } = single({ queue: { arn }, events, sender: true });

  it('is not made, and nothing of it is changed', () => {
    const types = Object.values(Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /^AWS::(SQS|SNS|KMS)::/.test(type))).toEqual([]);
    expect([has('queue'), has('deadLetterQueue'), has('queuePolicy'), has('topic')]).toEqual(
      Array<boolean>(4).fill(false),
    );
  });

  it('is told to the watcher, and in the output', () => {
    const variables = of('taskDefinition').ContainerDefinitions[0].Environment;
    expect(variables).toEqual(
      expect.arrayContaining([
        { Name: 'QueueUrl', Value: queueUrl },
        { Name: 'QUEUE_NAME', Value: name },
        { Name: 'Fifo', Value: fifo },
      ]),
    );
    expect(Outputs.WatchbotQueueUrl?.Value).toEqual(queueUrl);
    expect(Outputs).not.toHaveProperty('WatchbotDeadLetterQueueUrl');
  });

  it('is what scaling, alarms and the dashboard look at', () => {
    const Dimensions = [{ Name: 'QueueName', Value: name }];
    expect(of('scaleUpAlarm').Metrics[0].MetricStat.Metric).toMatchObject({ Dimensions });
    expect(of('queueSizeAlarm')).toMatchObject({ Dimensions });
    expect(of('scaleDownAlarm').Metrics[1].MetricStat.Metric).toMatchObject({ Dimensions });
    expect(of('dashboard').DashboardBody['Fn::Sub'][1]).toMatchObject({ Queue: name });
  });

  it('may be received from and sent to, and nothing else may be', () => {
    const onQueue = (['taskRole', 'sender', 'webhookRole'] as const).map((role) =>
      statementsOf(of(role))
        .filter(({ Action }) => stringify(Action).includes('sqs:'))
        .map(({ Resource }) => Resource),
    );
    expect(onQueue).toEqual([[arn, arn], [arn], [arn]]);
  });

  it('is where the webhook sends', () => {
    expect(of('webhookMethod').Integration.Uri).toEqual({
      'Fn::Sub': [
        'arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/${Account}/${Queue}',
        { Account: account, Queue: name },
      ],
    });
  });

  it('has no alarm on dead letters that are not known', () => {
    expect([has('deadLetterAlarm'), has('deadLetterGrowthAlarm')]).toEqual([false, false]);
    expect(stringify(of('dashboard'))).not.toContain('DeadLetterQueue');
  });
});

describe.each([
  { how: 'its ARN', queue: { arn: QUEUE_ARN }, topic: arnOf('sns', 'jobs') },
  {
    how: 'the ARN of a FIFO topic',
    queue: { arn: arnOf('sqs', 'jobs.fifo') },
    topic: arnOf('sns', 'jobs.fifo'),
  },
  { how: 'a function', queue: { arn: fn }, topic: { 'Fn::ImportValue': 'jobs-TopicArn' } },
])('the topic before an existing queue, by $how', ({ queue, topic }) => {
  const { of, has, Outputs } = single({ queue, topic, sender: true, reduce: true });

  it('is not made, nor subscribed to, nor let in', () => {
    expect([has('topic'), has('subscription'), has('queuePolicy')]).toEqual([false, false, false]);
  });

  it('is told to workers and in the output', () => {
    const variables = of('taskDefinition').ContainerDefinitions[0].Environment;
    expect(variables).toContainEqual({ Name: 'WorkTopic', Value: topic });
    expect(Outputs.WatchbotTopicArn?.Value).toEqual(topic);
  });

  it.each(['taskRole', 'sender'] as const)(
    'may be published to by the %s, and the queue not sent to',
    (who) => {
      const sends = statementsOf(of(who)).filter(({ Action }) =>
        /Publish|SendMessage/.test(stringify(Action)),
      );
      expect(sends).toEqual([expect.objectContaining({ Action: 'sns:Publish', Resource: topic })]);
    },
  );
});

it('the key of an existing queue is that of its topic, too', () => {
  const section = { queue: { arn: QUEUE_ARN, encryption: OWN_KEY }, topic: arnOf('sns', 'jobs') };
  const key = statementsOf(single(section).of('taskRole')).find(({ Sid }) => Sid === 'Encryption');
  expect(key?.Condition).toEqual({
    StringEquals: {
      'kms:ViaService': ['sqs', 'sns'].map((user) => ({
        'Fn::Sub': `${user}.\${AWS::Region}.amazonaws.com`,
      })),
    },
  });
});

it('workers that are told of the topic before another worker’s queue may publish to it', () => {
  const topic = arnOf('sns', 'jobs');
  const { Resources } = build({
    workers: {
      taken: { command: 'true', queue: { arn: QUEUE_ARN }, topic },
      other: { command: 'true', environment: { NEXT: topic } },
    },
  });
  const role = Resources.OtherTaskRole?.Properties as Properties;
  expect(statementsOf(role)).toContainEqual({ Effect: 'Allow', Action: 'sns:Publish', Resource: topic });
});

describe('an existing dead-letter queue', () => {
  it.each([
    ['of an existing queue', { arn: QUEUE_ARN, deadLetter: DEAD_ARN }],
    ['of a queue that is made', { deadLetter: DEAD_ARN }],
  ])('%s is watched, and not made', (_whose, queue) => {
    const { of, has, Outputs } = single({ queue });
    const Dimensions = [{ Name: 'QueueName', Value: 'dead' }];
    expect(has('deadLetterQueue')).toBe(false);
    expect(of('deadLetterAlarm')).toMatchObject({ Dimensions });
    expect(of('deadLetterGrowthAlarm').Metrics[0].MetricStat.Metric).toMatchObject({ Dimensions });
    expect(Outputs.WatchbotDeadLetterQueueUrl?.Value).toEqual(url('us-east-1', '123456789012', 'dead'));
    expect(of('dashboard').DashboardBody['Fn::Sub'][1]).toMatchObject({ DeadLetterQueue: 'dead' });
  });

  it('takes what fails from the queue that is made, and gives no permission to work on it', () => {
    const { of, Resources } = single({ queue: { deadLetter: DEAD_ARN, maxReceives: 3 } });
    expect(of('queue').RedrivePolicy).toEqual({ deadLetterTargetArn: DEAD_ARN, maxReceiveCount: 3 });
    expect(stringify(Resources.WatchbotTaskRole)).not.toContain(DEAD_ARN);
  });
});

it('a queue that is made is known by its references', () => {
  const { of } = single({ events: WEBHOOK });
  expect(of('webhookMethod').Integration.Uri['Fn::Sub'][1]).toEqual({
    Account: { Ref: 'AWS::AccountId' },
    Queue: { 'Fn::GetAtt': ['WatchbotQueue', 'QueueName'] },
  });
});
