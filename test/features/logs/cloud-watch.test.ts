import { expect, it } from '@jest/globals';
import { SeenEvents } from '../../../src/features/logs/cloud-watch';

const event = (id: string, timeMs: number) => ({ id, timeMs, task: 't', line: id });

it('gives each event once, and remembers no more than it may', () => {
  const seen = new SeenEvents(3);
  const given = ['a', 'b', 'a', 'c', 'd'].map((id, index) => seen.isNew(event(id, index)));
  expect(given).toEqual([true, true, false, true, true]);
  // `a` is forgotten, and must not be read again.
  expect([seen.knownFromMs, seen.newestMs]).toEqual([1, 4]);
});

it('forgets what is no longer read', () => {
  const seen = new SeenEvents();
  for (const [id, timeMs] of [
    ['a', 1],
    ['b', 2],
  ] as const)
    seen.isNew(event(id, timeMs));
  seen.forgetBefore(2);
  expect([seen.isNew(event('a', 1)), seen.isNew(event('b', 2)), seen.knownFromMs]).toEqual([
    true,
    false,
    -Infinity,
  ]);
});
