import { describe, expect, it } from '@jest/globals';
import { describeAge, describeDuration, parseDuration, unitOf } from '../../src/shared/durations';
import { describeSize } from '../../src/shared/sizes';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

it.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7_200],
  ['1d', 86_400],
  ['0s', 0],
  ['', undefined],
  ['15', undefined],
  ['m', undefined],
  ['1.5h', 5400],
  ['1.5s', undefined],
  ['-1s', undefined],
  ['1000000000s', undefined],
])('%j is %p seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

describe('a duration in words', () => {
  it.each([
    [-MINUTE, '0 s', '0 s'],
    [0, '0 s', '0 s'],
    [999, '0 s', '0 s'],
    [59_999, '59 s', '59 s'],
    [MINUTE, '1 min', '1 min'],
    [2 * HOUR + 5 * MINUTE + 59 * SECOND, '2 h 5 min', '2 h'],
    [2 * HOUR + 59 * SECOND, '2 h', '2 h'],
    [3 * DAY + HOUR, '3 d 1 h', '3 d'],
  ])('of %i ms: %s', (ms, whole, largest) => {
    expect(describeDuration(ms)).toBe(whole);
    expect(describeAge(ms)).toBe(largest);
  });

  it('is in the largest unit of which there are enough', () => {
    expect(unitOf(119).symbol).toBe('min');
    expect(unitOf(119, 2).symbol).toBe('s');
    expect(unitOf(0.5).symbol).toBe('s');
  });
});

it.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1.0 KiB'],
  [1_572_864, '1.5 MiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(describeSize(bytes)).toBe(text);
});
