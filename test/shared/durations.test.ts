import { describe, expect, it } from '@jest/globals';
import {
  describeAge,
  describeDuration,
  parseDuration,
  parseRate,
  parseSeconds,
  unitOf,
} from '../../src/shared/durations';
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
  ['1h30m', 5400],
  ['1 h 30 min', 5400],
  ['1d12h', 129_600],
  ['1 hour 30 minutes', 5400],
  ['2500ms', undefined],
  ['30m1h', undefined],
  ['1h1h', undefined],
  ['1h30', undefined],
  ['1h 30m soon', undefined],
  ['-1s', undefined],
  ['1000000000s', undefined],
])('%j is %p seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it.each([
  ['250ms', 0.25],
  ['0.5s', 0.5],
  ['1s250ms', 1.25],
  ['1.1s', 1.1],
  ['250 milliseconds', 0.25],
  ['250mx', undefined],
])('%j is %p seconds, where parts of one count', (text, seconds) => {
  expect(parseSeconds(text)).toBe(seconds);
});

it.each([
  ['5/s', 5],
  ['300/m', 5],
  ['300/min', 5],
  ['300 per minute', 5],
  ['18000 an hour', 5],
  ['432000/day', 5],
  ['5', undefined],
  ['5/fortnight', undefined],
  ['/s', undefined],
])('%j is %p a second', (text, perSecond) => {
  expect(parseRate(text)).toBe(perSecond);
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
