import { describe, expect, it, jest } from '@jest/globals';
import { openAsWatchbot, openForCommand, openForHandler } from '../../../src/watcher/job/job';
import { testMessage } from '../../helpers/jobs';

const colour = { Type: 'String', Value: 'blue' };
const own = { own: { Type: 'String', Value: 'x' } };

const ENVELOPE = {
  Type: 'Notification',
  MessageId: 'sns-1',
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:topic',
  Message: 'hello',
  Timestamp: '2026-11-24T08:00:00.000Z',
  SignatureVersion: '1',
};

const messageOf = (body: unknown) =>
  testMessage({ body: typeof body === 'string' ? body : JSON.stringify(body), attributes: own });

const unwrapBody = (body: unknown) => openForCommand(messageOf(body));

const without = (name: keyof typeof ENVELOPE) =>
  Object.fromEntries(Object.entries(ENVELOPE).filter(([key]) => key !== name));

describe('an SNS envelope', () => {
  it.each([
    { name: 'with a subject', more: { Subject: 'greeting' }, subject: 'greeting' },
    { name: 'with an empty subject', more: { Subject: '' }, subject: '' },
    { name: 'without a subject', more: {}, subject: undefined },
    { name: 'with a subject of null', more: { Subject: null }, subject: undefined },
    { name: 'of a FIFO topic', more: { SequenceNumber: '10000000000000003000' }, subject: undefined },
  ])('$name is taken off', ({ more, subject }) => {
    expect(unwrapBody({ ...ENVELOPE, ...more, MessageAttributes: { colour } })).toEqual({
      body: 'hello',
      subject,
      attributes: { colour },
      topicMessageId: 'sns-1',
    });
  });

  it('is taken off once: a message that is itself an envelope stays one', () => {
    const inner = JSON.stringify({ ...ENVELOPE, MessageId: 'inner', Subject: 'inner' });
    expect(unwrapBody({ ...ENVELOPE, Message: inner })).toMatchObject({
      body: inner,
      subject: undefined,
      topicMessageId: 'sns-1',
    });
  });

  it.each(['', 'a b', 'a)', 'a\n', 'é', 'a'.repeat(65)])(
    'has no id where SNS would not give it: %j',
    (MessageId) => {
      expect(unwrapBody({ ...ENVELOPE, MessageId })).toMatchObject({
        body: 'hello',
        topicMessageId: undefined,
      });
    },
  );

  it('may carry an empty message', () => {
    expect(unwrapBody({ ...ENVELOPE, Message: '' })).toMatchObject({ body: '', topicMessageId: 'sns-1' });
  });
});

describe('the attributes of an envelope', () => {
  it.each([
    undefined,
    null,
    'text',
    5,
    [],
    [colour],
    { a: null },
    { a: 'text' },
    { a: {} },
    { a: { Type: 'String', Value: 5 } },
    { a: { Type: null, Value: 'x' } },
    { traceparent: { Type: 'String', Value: { includes: 'x' } } },
  ])('are none where SNS would not have written them: %j', (MessageAttributes) => {
    expect(unwrapBody({ ...ENVELOPE, MessageAttributes }).attributes).toEqual({});
  });

  it('have what SNS writes, and no more', () => {
    const MessageAttributes = {
      colour: { ...colour, Foreign: { a: 1 }, Type: 'String', __proto__: { b: 1 } },
    };
    const { attributes } = unwrapBody({ ...ENVELOPE, MessageAttributes });
    expect(attributes).toEqual({ colour });
    expect(Object.keys(attributes.colour!)).toEqual(['Type', 'Value']);
  });

  it('are those of the right shape, also under names that objects have', () => {
    const text = JSON.stringify({ ...ENVELOPE, MessageAttributes: { colour, bad: 1, constructor: colour } });
    const { attributes } = unwrapBody(text.replace('"bad"', '"__proto__":{"Type":"a","Value":"b"},"bad"'));
    expect(Object.keys(attributes).sort()).toEqual(['__proto__', 'colour', 'constructor']);
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  });
});

describe('what only looks like an envelope is the body itself', () => {
  it.each([
    '',
    'hello',
    '{}',
    '{"TopicArn"',
    '"TopicArn"',
    '["TopicArn"]',
    'null',
    '{"TopicArn":1}',
    JSON.stringify([ENVELOPE]),
    ` ${JSON.stringify(ENVELOPE)}`,
    `${JSON.stringify(ENVELOPE)}}`,
    JSON.stringify(without('Type')),
    JSON.stringify(without('Message')),
    JSON.stringify(without('MessageId')),
    JSON.stringify(without('TopicArn')),
    JSON.stringify({ ...ENVELOPE, Type: 'SubscriptionConfirmation' }),
    JSON.stringify({ ...ENVELOPE, Message: { a: 1 } }),
    JSON.stringify({ ...ENVELOPE, TopicArn: null }),
    JSON.stringify({ detail: ENVELOPE }),
  ])('%s', (body) => {
    expect(unwrapBody(body)).toEqual({
      body,
      subject: undefined,
      attributes: own,
      topicMessageId: undefined,
    });
  });

  it('and is not parsed to find out, where it is a megabyte of something else', () => {
    const parse = jest.spyOn(JSON, 'parse');
    const body = JSON.stringify({ text: 'x'.repeat(1_000_000) });
    expect(unwrapBody(body).body).toBe(body);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});

describe('a body with a subject and a message, sent straight to the queue', () => {
  it.each([
    ['', { Subject: 's', Message: 'm' }],
    [' in another order', { Message: 'm', Subject: 's' }],
    [' with spaces', ' {\n "Subject" : "s",\r\n\t"Message": "m" } '],
    [' with a key twice', '{"Subject":"x","Subject":"s","Message":"m"}'],
  ])('is taken apart for a command%s', (_how, body) => {
    expect(unwrapBody(body)).toEqual({ body: 'm', subject: 's', attributes: own, topicMessageId: undefined });
  });

  it.each([
    { Subject: '', Message: '' },
    { Subject: 'ä\u2028\ud800', Message: '{"Subject":"a","Message":"b"}' },
  ])('may have anything in them, and is taken apart once: %j', ({ Subject, Message }) => {
    expect(unwrapBody({ Subject, Message })).toMatchObject({ body: Message, subject: Subject });
  });

  it.each([
    '{"Subject":"s"}',
    '{"Message":"m"}',
    '{"Subject":"s","Message":"m","Other":1}',
    '{"Subject":"s","Message":"m","__proto__":{}}',
    '{"Subject":"s","Message":{"m":1}}',
    '{"Subject":null,"Message":"m"}',
    '{"Subject":1,"Message":"m"}',
    '{"subject":"s","message":"m"}',
    '{"Subject ":"s","Message":"m"}',
    '[{"Subject":"s","Message":"m"}]',
    '["Subject","Message"]',
    '"{\\"Subject\\":\\"s\\",\\"Message\\":\\"m\\"}"',
    '{"detail":{"Subject":"s","Message":"m"}}',
    '{"Subject":"s","Message":"m"',
    '{"Subject":"s","Message":"m"}}',
    '"Subject" "Message"',
    '\ufeff{"Subject":"s","Message":"m"}',
  ])('is left as it is where anything else is in it: %s', (body) => {
    expect(unwrapBody(body)).toEqual({
      body,
      subject: undefined,
      attributes: own,
      topicMessageId: undefined,
    });
  });

  it('is left as it is for a handler, and within an envelope', () => {
    const body = '{"Subject":"s","Message":"m"}';
    expect(openForHandler(ENVELOPE.TopicArn)(messageOf(body))).toMatchObject({ body, subject: undefined });
    expect(unwrapBody({ ...ENVELOPE, Message: body })).toMatchObject({ body, subject: undefined });
  });
});

describe('for a handler', () => {
  const open = openForHandler(ENVELOPE.TopicArn);

  it('the envelope of the plugin’s own topic is taken off', () => {
    const envelope = { ...ENVELOPE, Subject: 'greeting', MessageAttributes: { colour } };
    expect(open(messageOf(envelope))).toEqual({
      body: 'hello',
      subject: 'greeting',
      attributes: { colour },
      topicMessageId: 'sns-1',
    });
  });

  it.each([
    { of: 'another topic', envelope: { ...ENVELOPE, TopicArn: `${ENVELOPE.TopicArn}2` }, id: 'sns-1' },
    {
      of: 'a topic, where the plugin made none',
      envelope: ENVELOPE,
      by: openForHandler(undefined),
      id: 'sns-1',
    },
    { of: 'what is no envelope', envelope: { ...ENVELOPE, Type: 'Other' }, id: undefined },
  ])('that of $of stays, and its id can be followed', ({ envelope, by = open, id: topicMessageId }) => {
    const message = messageOf(envelope);
    expect(by(message)).toEqual({
      body: message.body,
      subject: undefined,
      attributes: own,
      topicMessageId,
    });
  });

  it('it is taken off once', () => {
    const Message = JSON.stringify(ENVELOPE);
    expect(open(messageOf({ ...ENVELOPE, Message }))).toMatchObject({ body: Message });
  });
});

describe('as Watchbot takes a message apart', () => {
  const opened = (body: unknown) => openAsWatchbot(messageOf(body));
  const pair = { Subject: 'greeting', Message: 'hello' };

  it.each<[string, unknown]>([
    ['SNS’s envelope', { ...ENVELOPE, Subject: 'greeting' }],
    ['the two', pair],
    ['more than the two', { ...pair, id: 7 }],
    ['a body with space before it', ` \n${JSON.stringify(pair)}`],
  ])('%s is opened if it has a subject', (_what, body) => {
    expect(opened(body)).toMatchObject({ body: 'hello', subject: 'greeting' });
  });

  it.each<[string, unknown]>([
    ['SNS’s envelope', ENVELOPE],
    ['with an empty subject', { ...ENVELOPE, Subject: '' }],
    ['JSON of the sender', { Message: 'hello', id: 7 }],
    ['text', 'Subject: greeting'],
    ['a message that is no text', { ...pair, Message: { a: 1 } }],
  ])('%s stays whole without one', (_what, body) => {
    const whole = typeof body === 'string' ? body : JSON.stringify(body);
    expect(opened(body)).toMatchObject({ body: whole });
  });
});
