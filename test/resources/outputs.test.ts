import { describe, expect, it } from '@jest/globals';
import { EVERY_SOURCE } from './sections';
import { build, single } from './support';

const everything = { events: EVERY_SOURCE, sender: true, reduce: true };
const values = (Outputs: ReturnType<typeof build>['Outputs']) =>
  Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, Value]));

describe('the outputs', () => {
  it('have Watchbot’s names, for the tools that read them', () => {
    expect(values(single().Outputs)).toEqual({
      ClusterArn: { 'Fn::GetAtt': ['WatchbotCluster', 'Arn'] },
      WatchbotQueueUrl: { Ref: 'WatchbotQueue' },
      WatchbotDeadLetterQueueUrl: { Ref: 'WatchbotDeadLetterQueue' },
      WatchbotTopicArn: { Ref: 'WatchbotTopic' },
      // The ARN: those tools take region and name from it.
      WatchbotLogGroup: { 'Fn::GetAtt': ['WatchbotLogGroup', 'Arn'] },
    });
  });

  it('tell of what Watchbot did not have', () => {
    const { Outputs } = single(everything);
    expect(Object.keys(Outputs).filter((name) => !(name in single().Outputs))).toEqual([
      'WatchbotWebhookUrl',
      'WatchbotWebhookApiKeyId',
      'WatchbotSenderSecretArn',
      'WatchbotProgressTable',
    ]);
  });

  it('export nothing: a name would be taken for the whole account', () => {
    expect(JSON.stringify(single(everything).Outputs)).not.toContain('Export');
  });

  it('are told apart by the worker, in what they are called and what they say', () => {
    const { Outputs } = build({ workers: { tiles: { command: 'true' }, 'render-all': { command: 'true' } } });
    expect(Object.keys(Outputs)).toEqual(
      expect.arrayContaining(['ClusterArn', 'TilesQueueUrl', 'RenderAllQueueUrl']),
    );
    const descriptions = Object.values(Outputs).map(({ Description }) => Description);
    expect(new Set(descriptions).size).toBe(descriptions.length);
  });
});

it('tells the ARN of the role of the schedules where only the stack knows its path', () => {
  const events = [{ schedule: 'rate(1 day)' }];
  const withPath = (path: string | object) =>
    single({ events, extensions: { scheduleRole: { Path: path } } }).Outputs;
  expect(withPath('/own/')).not.toHaveProperty('WatchbotScheduleRoleArn');
  expect(withPath({ 'Fn::Sub': '/${AWS::StackName}/' })).toMatchObject({
    WatchbotScheduleRoleArn: { Value: { 'Fn::GetAtt': ['WatchbotScheduleRole', 'Arn'] } },
  });
  expect(single({ schedulerRole: 'Own' }).Outputs).toMatchObject({
    WatchbotScheduleRoleArn: { Value: { 'Fn::GetAtt': ['Own', 'Arn'] } },
  });
  const given = single({ events, schedulerRole: 'arn:aws:iam::123456789012:role/own' }).Outputs;
  expect(given).not.toHaveProperty('WatchbotScheduleRoleArn');
});
