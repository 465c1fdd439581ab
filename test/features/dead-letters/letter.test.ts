import { expect, it } from '@jest/globals';
import {
  isFiltering,
  matches,
  type LetterFilter,
  readLetter,
} from '../../../src/features/dead-letters/letter';

const NOW_MS = 10_000_000;
const MINUTE_MS = 60_000;

const plain = readLetter({
  Body: 'plain {"z":1}',
  Attributes: { SentTimestamp: String(NOW_MS - 5 * MINUTE_MS) },
  MessageAttributes: { tenant: { DataType: 'String', StringValue: 'north' } },
});
const wrapped = readLetter({
  Body: JSON.stringify({
    Type: 'Notification',
    MessageId: 'sns-1',
    TopicArn: 'arn',
    Message: '{"z":1}',
    MessageAttributes: { tenant: { Type: 'String', Value: 'south' } },
  }),
  Attributes: { SentTimestamp: String(NOW_MS - 60 * MINUTE_MS) },
});

it.each<[LetterFilter, boolean, boolean]>([
  [{}, true, true],
  [{ olderThanMs: 10 * MINUTE_MS }, false, true],
  [{ newerThanMs: 10 * MINUTE_MS }, true, false],
  [{ olderThanMs: MINUTE_MS, newerThanMs: 10 * MINUTE_MS }, true, false],
  [{ contains: '{"z":1}' }, true, true],
  [{ contains: 'plain' }, true, false],
  [{ contains: 'PLAIN' }, false, false],
  [{ contains: 'TopicArn' }, false, true],
  [{ attributes: [['tenant', 'north']] }, true, false],
  [{ attributes: [['tenant', 'south']] }, false, true],
  [
    {
      attributes: [
        ['tenant', 'north'],
        ['other', 'x'],
      ],
    },
    false,
    false,
  ],
])('%j: one that was sent straight %s, one by a topic %s', (filter, isPlain, isWrapped) => {
  expect(matches(filter, plain, NOW_MS)).toBe(isPlain);
  expect(matches(filter, wrapped, NOW_MS)).toBe(isWrapped);
});

it('knows a filter that takes all', () => {
  expect(isFiltering({ attributes: [] })).toBe(false);
  expect(isFiltering({ contains: 'x' })).toBe(true);
});
