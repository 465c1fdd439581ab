import { expect, it } from '@jest/globals';
import { contradictionsIn, durationOption } from '../../../src/features/command/options';

const LIMIT = { leastSeconds: 1, mostSeconds: 86_400, most: '1d' };
const read = (timeout: string, isBareSeconds: boolean) =>
  durationOption({ timeout }, 'timeout', { ...LIMIT, isBareSeconds });

it.each([
  ['60s', 60],
  ['10m', 600],
  ['60', 60],
])('a timeout of %s is %i seconds', (text, seconds) => {
  expect(read(text, true)).toBe(seconds);
});

it.each([
  ['60', false],
  ['0', true],
  ['0s', true],
  ['2d', true],
  ['soon', true],
])('%s is refused, with what is allowed (a number alone counts: %p)', (text, isBareSeconds) => {
  expect(() => read(text, isBareSeconds)).toThrow(
    /allowed: a number and s, m, h or d.*at least 1s; at most 1d/,
  );
});

it('says of options that mean nothing together which to leave out, unless there is more to say', () => {
  const problems = contradictionsIn([
    [true, '--until', 'with --tail', 'one of them'],
    [true, '--wait', 'with --file', 'one message', 'look at the status'],
    [false, '--other', '', ''],
  ]);
  expect(problems.map(({ advice }) => advice)).toEqual(['leave --until out', 'look at the status']);
});
