import { expect, it } from '@jest/globals';
import { uncut } from '../../../src/features/send/plan';

/** As the compose of Serverless 3 hands words on. */
const byCompose = (...words: string[]) => words.join(':').split(':');

it.each([
  '{"z":1}',
  '{"time":"2026-01-31T12:00:00Z","a":{"b":[1,2]}}',
  '{"empty":"::"}',
  '{}',
  'hello',
  'two words',
])('gives %s back as one word, though compose cut it at its colons', (message) => {
  expect(uncut(byCompose(message))).toEqual([message]);
});

it.each([[['hello', 'world']], [['{"z"', 'x']], [[]]])('makes no message of the words %j', (words) => {
  expect(uncut(words)).toEqual(words);
});
