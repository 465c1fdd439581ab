import { describe, expect, it } from '@jest/globals';
import { nameProblems } from '../../src/resources/unique-names';

const bucket = (name: unknown) => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName: name } });
const problems = (Resources: Record<string, unknown>) => nameProblems({ Resources }, ['Ours']);

describe('a resource with the name of one of the plugin', () => {
  it('is told, with what to do', () => {
    const Resources = { S3BucketUploads: bucket('uploads'), Ours: bucket('uploads') };
    expect(problems(Resources)).toEqual([
      {
        code: 'WATCHBOT_NAME_TAKEN',
        place: 'Resources.S3BucketUploads',
        given: 'the name uploads, which Ours, made by the plugin, has too',
        allowed: 'one AWS::S3::Bucket of a name',
        advice:
          'set `existing: true` beside `bucket: uploads` under `events` of the worker, and `EventBridgeConfiguration: { EventBridgeEnabled: true }` under `NotificationConfiguration` of S3BucketUploads',
      },
    ]);
  });

  it.each([
    ['AWS::SQS::Queue', { QueueName: 'x' }],
    ['AWS::SNS::Topic', { TopicName: 'x' }],
    ['AWS::Logs::LogGroup', { LogGroupName: 'x' }],
    ['AWS::Events::Rule', { Name: 'x' }],
    ['AWS::Events::Rule', { Name: 'x', EventBusName: 'bus' }],
    ['AWS::CloudWatch::Alarm', { AlarmName: 'x' }],
    ['AWS::DynamoDB::Table', { TableName: 'x' }],
    ['AWS::Scheduler::Schedule', { Name: 'x' }],
  ])('is told for %s %j', (Type, Properties) => {
    expect(problems({ Ours: { Type, Properties }, Other: { Type, Properties } })).toMatchObject([
      { place: 'Resources.Other', given: 'the name x, which Ours, made by the plugin, has too' },
    ]);
  });

  it.each<[unknown, unknown]>([
    ['a-b', { 'Fn::Sub': 'a-b' }],
    ['a-b', { 'Fn::Join': ['-', ['a', 'b']] }],
    [{ 'Fn::Sub': 'a-${AWS::Region}' }, { 'Fn::Sub': 'a-${AWS::Region}' }],
  ])('is told for %j and %j', (own, other) => {
    expect(problems({ Ours: bucket(own), Other: bucket(other) })).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>]>([
    ['names differ', { Ours: bucket('a'), Other: bucket('b') }],
    [
      'CloudFormation names it',
      { Ours: bucket('a'), Other: { Type: 'AWS::S3::Bucket' }, None: bucket(null) },
    ],
    ['neither has a name', { Ours: { Type: 'AWS::S3::Bucket' }, Other: { Type: 'AWS::S3::Bucket' } }],
    [
      'the type differs',
      { Ours: bucket('a'), Other: { Type: 'Custom::S3', Properties: { BucketName: 'a' } } },
    ],
    ['it has a condition', { Ours: bucket('a'), Other: { ...bucket('a'), Condition: 'IsProd' } }],
    ['neither is the plugin’s', { One: bucket('a'), Other: bucket('a'), Ours: bucket('b') }],
    [
      'rules are on two buses',
      {
        Ours: { Type: 'AWS::Events::Rule', Properties: { Name: 'x' } },
        Other: { Type: 'AWS::Events::Rule', Properties: { Name: 'x', EventBusName: 'bus' } },
      },
    ],
  ])('is none if %s', (_, Resources) => {
    expect(problems(Resources)).toEqual([]);
  });
});
