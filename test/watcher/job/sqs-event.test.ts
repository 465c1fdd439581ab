import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { openForHandler, toJob } from '../../../src/watcher/job/job';
import { md5OfAttributes, sqsEvent } from '../../../src/watcher/job/sqs-event';
import type { ReceivedMessage } from '../../../src/watcher/queue/queue';
import { envelopeOf } from '../../helpers/envelope';
import { testMessage } from '../../helpers/jobs';

const OWN_TOPIC = 'arn:aws:sns:us-east-1:000000000000:topic';
const SOURCE = { queueArn: 'arn:aws:sqs:us-east-1:000000000000:queue', region: 'us-east-1' };
const lists = { stringListValues: [], binaryListValues: [] };

function recordOf(message: ReceivedMessage, ownTopic: string | undefined = OWN_TOPIC): unknown {
  const job = toJob(message, openForHandler(ownTopic), 0);
  const event = JSON.parse(sqsEvent([job], SOURCE)) as { Records: unknown[] };
  return event.Records[0];
}

describe('the record of a message', () => {
  it('that the plugin’s own topic wrapped is that of one which was sent to the queue', () => {
    const body = envelopeOf('{"x":"é"}', {
      MessageAttributes: {
        colour: { Type: 'String', Value: 'blue' },
        many: { Type: 'String.Array', Value: '["a","b"]' },
        bytes: { Type: 'Binary', Value: 'AP8=' },
      },
    });
    const systemAttributes = { ApproximateReceiveCount: '1', SenderId: 'x' };
    expect(recordOf(testMessage({ body, systemAttributes }))).toEqual({
      messageId: 'm1',
      receiptHandle: 'handle-m1',
      body: '{"x":"é"}',
      attributes: systemAttributes,
      messageAttributes: {
        colour: { stringValue: 'blue', dataType: 'String', ...lists },
        many: { stringValue: '["a","b"]', dataType: 'String.Array', ...lists },
        bytes: { binaryValue: 'AP8=', dataType: 'Binary', ...lists },
      },
      md5OfBody: createHash('md5').update('{"x":"é"}').digest('hex'),
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
      eventSource: 'aws:sqs',
      eventSourceARN: SOURCE.queueArn,
      awsRegion: 'us-east-1',
    });
  });

  it('has no sum of attributes where there are none', () => {
    expect(recordOf(testMessage({ body: envelopeOf('hello') }))).not.toHaveProperty('md5OfMessageAttributes');
  });

  it('has a subject among what SQS says of it', () => {
    const body = envelopeOf('hello', { Subject: 'greeting' });
    expect(recordOf(testMessage({ body, systemAttributes: { SenderId: 'x' } }))).toMatchObject({
      body: 'hello',
      attributes: { SenderId: 'x', Subject: 'greeting' },
    });
  });

  it('that another topic wrapped has the envelope, as in Lambda', () => {
    const message = testMessage({
      body: envelopeOf('hello', { Subject: 's' }),
      md5: { body: 'sum', attributes: 'two' },
    });
    expect(recordOf(message, `${OWN_TOPIC}-of-another`)).toMatchObject({
      body: message.body,
      attributes: {},
      md5OfBody: 'sum',
      md5OfMessageAttributes: 'two',
    });
  });
});

describe('the sum of attributes', () => {
  it('is made as SQS documents it', () => {
    const attributes = {
      b: { Type: 'Binary.png', Value: 'AP8=' },
      a: { Type: 'String', Value: 'é' },
      n: { Type: 'Number.int', Value: '4' },
    };
    const part = (bytes: Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const text = (value: string) => part(Buffer.from(value));
    const whole = Buffer.concat([
      ...[text('a'), text('String'), Buffer.from([1]), text('é')],
      ...[text('b'), text('Binary.png'), Buffer.from([2]), part(Buffer.from([0, 255]))],
      ...[text('n'), text('Number.int'), Buffer.from([1]), text('4')],
    ]);
    expect(md5OfAttributes(attributes)).toBe(createHash('md5').update(whole).digest('hex'));
  });
});
