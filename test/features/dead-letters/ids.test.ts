import { expect, it } from '@jest/globals';
import { areWhole, resolveIds, WantedIds } from '../../../src/features/dead-letters/ids';
import { readLetter } from '../../../src/features/dead-letters/letter';

const id = (start: string) => `${start}-0000-4000-8000-000000000000`;

const envelope = (MessageId: string) =>
  JSON.stringify({ Type: 'Notification', MessageId, TopicArn: 'arn', Message: 'by the topic' });
const mark = (messageId: string) => JSON.stringify({ messageId, sentAtMs: 1, receives: 1, isWaiting: false });

const plain = readLetter({ MessageId: id('aaaa1111'), Body: 'plain' });
const byTopic = readLetter({ MessageId: id('bbbb1111'), Body: envelope(id('70000001')) });
const again = readLetter({ MessageId: id('bbbb2222'), Body: envelope(id('70000001')) });
const copy = readLetter({
  MessageId: id('cccc1111'),
  Body: 'copy',
  MessageAttributes: { 'watchbot-copy': { DataType: 'String', StringValue: mark(id('0e161a11')) } },
});
const letters = [plain, byTopic, again, copy];

it.each([
  ['its own id', id('aaaa1111'), [plain.id]],
  ['its own id, in capitals', id('AAAA1111'), [plain.id]],
  ['the eight characters that lines show', 'aaaa1111', [plain.id]],
  ['four characters', 'AAAA', [plain.id]],
  ["the topic's id, of a message that it delivered twice", id('70000001'), [byTopic.id, again.id]],
  ["the original's id of a copy", id('0e161a11'), [copy.id]],
  ["how the original's id begins", '0e161a11', [copy.id]],
  ['an id that nothing has', id('dddd1111'), [id('dddd1111')]],
  ['three characters, which are too few', 'aaa', ['aaa']],
])('finds by %s', (_name, word, found) => {
  expect(resolveIds([word], letters)).toEqual({ ids: found, problems: [] });
});

it('lists what begins alike, and takes each once', () => {
  const { ids, problems } = resolveIds(['bbbb', 'aaaa', id('aaaa1111')], letters);
  expect(ids).toEqual([plain.id]);
  expect(problems).toEqual([
    {
      code: 'WATCHBOT_ARGUMENTS',
      place: 'bbbb',
      given: 'bbbb, with which the ids of 2 dead letters begin',
      allowed: `one of them:\n           ${byTopic.id}  by the topic\n           ${again.id}  by the topic`,
      advice: 'give more of its id',
    },
  ]);
});

it('looks for what begins so only if a word is no whole id', () => {
  expect(areWhole([plain.id, copy.id])).toBe(true);
  expect(areWhole([plain.id, 'cccc1111'])).toBe(false);
});

it('knows which ids were not found', () => {
  const wanted = new WantedIds([id('70000001'), id('0e161a11'), 'other']);
  expect(letters.map((letter) => wanted.has(letter))).toEqual([false, true, true, true]);
  letters.forEach((letter) => {
    wanted.find(letter);
  });
  expect(wanted.missing).toEqual(['other']);
});
