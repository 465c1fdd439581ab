import { describe, expect, it } from '@jest/globals';
import { single, statementsOf } from './support';

describe('the sender', () => {
  const { of, Resources, Outputs } = single({ sender: true, reduce: true });

  it.each([
    ['to the topic', {}, 'sns:Publish', { Ref: 'WatchbotTopic' }],
    [
      'to the queue if there is no topic',
      { topic: false },
      'sqs:SendMessage',
      { 'Fn::GetAtt': ['WatchbotQueue', 'Arn'] },
    ],
  ])('may send %s, and nothing else', (...[, section, action, resource]) => {
    expect(statementsOf(single({ sender: true, ...section }).of('sender'))).toEqual([
      { Sid: 'Send', Effect: 'Allow', Action: action, Resource: resource },
    ]);
  });

  it('has its key in a secret', () => {
    expect(of('senderKey')).toEqual({ UserName: { Ref: 'WatchbotSender' } });
    expect(of('senderSecret')).toMatchObject({
      SecretString: {
        'Fn::Sub': [
          '{"accessKeyId":"${Id}","secretAccessKey":"${Secret}"}',
          {
            Id: { Ref: 'WatchbotSenderAccessKey' },
            Secret: { 'Fn::GetAtt': ['WatchbotSenderAccessKey', 'SecretAccessKey'] },
          },
        ],
      },
    });
    expect(Outputs.WatchbotSenderSecretArn?.Value).toEqual({ Ref: 'WatchbotSenderSecret' });
  });

  it('has it nowhere else', () => {
    const { WatchbotSenderSecret: secret, ...others } = Resources;
    expect(JSON.stringify(secret)).toContain('SecretAccessKey');
    expect(JSON.stringify({ others, Outputs })).not.toMatch(/SecretAccessKey|"WatchbotSenderAccessKey"[^:]/);
  });

  it('and its secret have no name of their own: a new stack could not take it for days', () => {
    expect(of('sender')).not.toHaveProperty('UserName');
    expect(of('senderSecret')).not.toHaveProperty('Name');
  });

  it('is not made unless it is asked for', () => {
    const { has, Outputs: outputs } = single();
    expect([has('sender'), has('senderKey'), has('senderSecret')]).toEqual([false, false, false]);
    expect(outputs).not.toHaveProperty('WatchbotSenderSecretArn');
  });
});
