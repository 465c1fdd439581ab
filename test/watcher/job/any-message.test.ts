import { describe, expect, it } from '@jest/globals';
import { fc } from '../../helpers/seeded';
import { receivedText } from '../../../src/contract/log-lines';
import { formatByWriter } from '../../helpers/structured';
import { openForCommand, openForHandler, toJob } from '../../../src/watcher/job/job';
import { sqsEvent } from '../../../src/watcher/job/sqs-event';
import { workerVariables } from '../../../src/watcher/worker/environment';
import type { MessageAttribute, ReceivedMessage } from '../../../src/watcher/queue/queue';
import { envelopeOf } from '../../helpers/envelope';
import { testMessage } from '../../helpers/jobs';

const OWN_TOPIC = 'arn:aws:sns:us-east-1:000000000000:topic';
const SOURCE = { queueArn: 'arn:aws:sqs:us-east-1:000000000000:queue', region: 'us-east-1' };

/** All that is made of a message before its worker has it. */
function prepare(message: ReceivedMessage): void {
  const opens = [openForCommand, openForHandler(OWN_TOPIC), openForHandler(undefined)];
  for (const open of opens) {
    const job = toJob(message, open, 0);
    // Compared at once: there may be many.
    const kinds = workerVariables(job, '/tmp/file').map(([, value]) => typeof value);
    const parts = Object.values(job.attributes).flatMap(Object.keys);
    expect(new Set(kinds)).toEqual(new Set(['string', 'undefined']));
    expect([...new Set(parts)].sort().join()).toMatch(/^(Type,Value)?$/);
    const { Records } = JSON.parse(sqsEvent([job, job], SOURCE)) as { Records: { body: string }[] };
    // Whatever is no Unicode is so on both ways.
    expect(Records.map(({ body }) => body)).toEqual([job.body, job.body]);
    const line = { time: new Date(0), source: 'watcher', messageId: job.messageId, level: 30 } as const;
    formatByWriter({ ...line, text: receivedText(job) });
  }
}

const DEPTH = 100_000;
const deepArray = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const deepObject = '{"a":'.repeat(DEPTH) + '1' + '}'.repeat(DEPTH);
const MANY = 20_000;

/** An envelope of the plugin's own topic, with JSON of any kind in the place of a part. */
const envelopeWith = (part: string, json: string) =>
  `{"Type":"Notification","MessageId":"id","TopicArn":"${OWN_TOPIC}","Message":"hello","${part}":${json}}`;
const withAttribute = (json: string) => envelopeWith('MessageAttributes', `{"a":${json}}`);
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i));

/** Each a fault that somebody's parser, printer or environment has had. */
const CONTENTS: Record<string, string> = {
  'a foreign key of an attribute, nested deep': withAttribute(
    `{"Type":"String","Value":"x","F":${deepArray}}`,
  ),
  'the same with objects': withAttribute(`{"Type":"String","Value":"x","F":${deepObject}}`),
  'a foreign key of the envelope, nested deep': envelopeWith('Foreign', deepArray),
  'a value nested deep': withAttribute(`{"Type":"String","Value":${deepArray}}`),
  'a type nested deep': withAttribute(`{"Type":${deepObject},"Value":"x"}`),
  'an attribute nested deep': withAttribute(deepArray),
  'attributes nested deep': envelopeWith('MessageAttributes', deepObject),
  'a subject nested deep': envelopeWith('Subject', deepArray),
  'a message id nested deep': envelopeWith('MessageId', deepArray),
  'a message nested deep': envelopeWith('Message', deepObject),
  'a topic nested deep': envelopeWith('TopicArn', deepArray),
  'an array nested deep': deepArray,
  'an object nested deep, with the words of an envelope': `{"TopicArn":1,"b":${deepObject}}`,
  'a pair nested deep': `{"Subject":"s","Message":${deepArray}}`,
  'a pair with its words deep in it': `{"Subject":${'['.repeat(DEPTH)}"Message"${']'.repeat(DEPTH)}}`,
  'a body cut in the middle': deepArray.slice(0, DEPTH),
  'envelopes in envelopes': times(100, String).reduce(
    (inner) => (inner.length > 400_000 ? inner : envelopeOf(inner)),
    'hello',
  ),
  'a pair in a pair': JSON.stringify({
    Subject: 's',
    Message: JSON.stringify({ Subject: 't', Message: 'm' }),
  }),
  'the names of what every object has': withAttribute('{"Type":"String","Value":"x"}').replace(
    '"a"',
    '"__proto__":{"Type":"String","Value":"p"},"constructor":{"Type":"a","Value":"b"},"toString":1,"hasOwnProperty":2,"a"',
  ),
  'a prototype in an attribute': withAttribute('{"__proto__":{"Type":"String","Value":"x"}}'),
  'a prototype in the envelope': `{"__proto__":${envelopeOf('hello')},"TopicArn":"x"}`,
  'a toJSON that is text': withAttribute('{"Type":"String","Value":"x","toJSON":"y"}'),
  'keys twice': envelopeWith(
    'Message',
    '"second","Message":"third","MessageAttributes":{},"MessageAttributes":null',
  ),
  'huge numbers': withAttribute(`{"Type":1e999,"Value":${'9'.repeat(400)}}`),
  'a huge number as a key': envelopeWith(
    'MessageAttributes',
    `{"${'9'.repeat(400)}":{"Type":"String","Value":"x"}}`,
  ),
  'many attributes': envelopeWith(
    'MessageAttributes',
    `{${times(MANY, (i) => `"a${i}":{"Type":"String","Value":"x"}`).join()}}`,
  ),
  'many keys': `{"TopicArn":"x",${times(MANY, (i) => `"k${i}":${i}`).join()}}`,
  'an empty name': envelopeWith('MessageAttributes', '{"":{"Type":"","Value":""}}'),
  'bytes that are no Base64': withAttribute('{"Type":"Binary","Value":"***"}'),
  'NUL everywhere': envelopeOf('a\0b', {
    Subject: '\0',
    MessageAttributes: { '\0': { Type: '\0', Value: '\0' }, traceparent: { Type: 'String', Value: 'a\0b' } },
  }),
  'halves of pairs': envelopeOf('\ud800', {
    Subject: '\udfff',
    MessageAttributes: { '\ud800': { Type: 'String', Value: '\udfff' } },
  }),
  'halves of pairs, sent straight': '\ud800{"Subject":"\udc00","Message":"\ud800"}',
  'a byte order mark': `\ufeff${envelopeOf('hello')}`,
  'line ends of Unicode': JSON.stringify({ Subject: '\u2028', Message: '\u2029' }),
  'a subject of a megabyte': JSON.stringify({ Subject: 'x'.repeat(1_000_000), Message: 'm' }),
  'an id for another line of the log': envelopeOf('x', {
    MessageId: 'a), invocation b\n[x] [watcher] [-] y',
  }),
  nothing: '',
  spaces: ' \t\r\n',
};

describe('whatever is in a message, its worker can be prepared', () => {
  it.each(Object.entries(CONTENTS))('%s', (_name, body) => {
    prepare(testMessage({ body }));
  });

  it('with attributes of its own, of any kind', () => {
    const odd: Record<string, MessageAttribute> = JSON.parse(
      '{"__proto__":{"Type":"Binary","Value":"*"},"traceparent":{"Type":"","Value":"\\u0000"},"":{"Type":"Number","Value":"NaN"}}',
    ) as Record<string, MessageAttribute>;
    prepare(
      testMessage({
        attributes: odd,
        systemAttributes: { SentTimestamp: '9'.repeat(30), AWSTraceHeader: '\n' },
      }),
    );
  });

  it('made of any JSON, and of the words that mean something', () => {
    const word = fc.constantFrom(
      ...[
        'Type',
        'Notification',
        'MessageId',
        'TopicArn',
        OWN_TOPIC,
        'Message',
        'Subject',
        'MessageAttributes',
      ],
      ...['Value', 'String', 'Binary', '__proto__', 'toJSON', 'traceparent', '\0', '\ud800', ''],
    );
    const text = fc.oneof(word, fc.string({ unit: 'binary', maxLength: 20 }));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        text,
        fc.double(),
        fc.constantFrom(null, true),
        fc.array(tie('value'), { maxLength: 4 }),
        fc
          .array(fc.tuple(text, tie('value')), { maxLength: 8 })
          .map((entries) => Object.fromEntries(entries)),
      ),
    }));
    const part = (sent: fc.Arbitrary<unknown>) => fc.option(fc.oneof(sent, value), { nil: undefined });
    const envelope = fc.record({
      Type: part(fc.constant('Notification')),
      MessageId: part(text),
      TopicArn: part(fc.constant(OWN_TOPIC)),
      Message: part(text),
      Subject: part(text),
      MessageAttributes: part(
        fc.dictionary(text, fc.record({ Type: part(text), Value: part(text), More: value })),
      ),
    });
    const pair = fc.record({ Subject: part(text), Message: part(text) });
    const body = fc.oneof(envelope, pair, value).map((sent) => JSON.stringify(sent));
    fc.assert(
      fc.property(fc.oneof(body, fc.string({ unit: 'binary' })), (sent) => {
        prepare(testMessage({ body: sent }));
      }),
      { seed: 19, numRuns: 500 },
    );
  });
});
