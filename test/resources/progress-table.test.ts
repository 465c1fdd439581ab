import { describe, expect, it } from '@jest/globals';
import { single, statementsOf } from './support';

const arn = { 'Fn::GetAtt': ['WatchbotProgressTable', 'Arn'] };
const progressOf = (section: object) =>
  statementsOf(single(section).of('taskRole')).filter(({ Sid }) => Sid === 'Progress');

describe('the table of reduce mode', () => {
  it('has Watchbot’s name and key, so that jobs in progress continue', () => {
    expect(single({ reduce: true }).of('progressTable')).toEqual({
      TableName: 'tiles-dev-Watchbot-progress',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
  });

  it('can be set back in time if asked for', () => {
    expect(single({ reduce: { pointInTimeRecovery: true } }).of('progressTable')).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('is told to the worker by its ARN, as Watchbot did, and in the output', () => {
    const { of, Outputs } = single({ reduce: true });
    expect(of('taskDefinition').ContainerDefinitions[0].Environment).toContainEqual({
      Name: 'ProgressTable',
      Value: arn,
    });
    expect(Outputs.WatchbotProgressTable?.Value).toEqual(arn);
  });

  it('may be read and written by tasks, and not removed or listed', () => {
    expect(progressOf({ reduce: true })).toEqual([
      {
        Sid: 'Progress',
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        Resource: arn,
      },
    ]);
  });

  it('is not there without reduce mode', () => {
    const { has, Outputs, of } = single();
    expect(has('progressTable')).toBe(false);
    expect(Outputs).not.toHaveProperty('WatchbotProgressTable');
    expect(JSON.stringify(of('taskDefinition'))).not.toContain('ProgressTable');
    expect(progressOf({})).toEqual([]);
  });
});
