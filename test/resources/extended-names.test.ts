import { expect, it } from '@jest/globals';
import { ownArn, single } from './support';
import type { Statement } from '../../src/resources/cloudformation';

/** Names that `extensions` give: what names a resource by its name has the same one. */

const NAME = { 'Fn::Sub': '${AWS::StackName}-jobs' };
const byFunction = (service: string, path = '') => ({
  'Fn::Sub': [
    `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${path}\${Name}`,
    { Name: NAME },
  ],
});
const events = [{ eventBridge: { pattern: { source: ['tiles'] } } }];

it.each([
  ['a text', 'jobs', ownArn('sqs', 'jobs')],
  ['a function', NAME, byFunction('sqs')],
])('of the queue: %s', (_what, QueueName, arn) => {
  const { of, Resources } = single({ events, extensions: { queue: { QueueName } } });
  expect(of('queue').QueueName).toEqual(QueueName);
  expect(of('deadLetterQueue').RedriveAllowPolicy).toMatchObject({ sourceQueueArns: [arn] });
  expect(Resources.WatchbotEventRule1?.Properties?.Targets).toMatchObject([{ Arn: arn }]);
});

it.each([
  ['the topic', { topic: { TopicName: 'jobs' } }, 'TopicSends', ownArn('sns', 'jobs')],
  ['the topic, by a function', { topic: { TopicName: NAME } }, 'TopicSends', byFunction('sns')],
  ['a rule', { eventRule1: { Name: 'tiles' } }, 'RuleSends', ownArn('events', 'rule/tiles')],
  ['a rule, by a function', { eventRule1: { Name: NAME } }, 'RuleSends', byFunction('events', 'rule/')],
  [
    'the bus of a rule',
    { eventRule1: { EventBusName: 'maps' } },
    'RuleSends',
    ownArn('events', 'rule/maps/tiles-dev-WatchbotEventRule1'),
  ],
])('of %s: in the policy of a key', (_what, extensions, sid, arn) => {
  const { of } = single({ events, queue: { encryption: 'KMS' }, extensions });
  const { Statement: statements } = of('queueKey').KeyPolicy as { Statement: Statement[] };
  expect(statements.find(({ Sid }) => Sid === sid)?.Condition).toMatchObject({
    ArnEquals: { 'aws:SourceArn': arn },
  });
});
