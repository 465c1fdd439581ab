import { describe, expect, it } from '@jest/globals';
import { createSigningClock } from '../../src/aws-json/client';

const NOON = Date.UTC(2026, 0, 1, 12);
const dateAt = (ms: number) => new Date(ms).toUTCString();

describe('the time by which requests are signed', () => {
  it('is the machine’s own, where SQS agrees', () => {
    const clock = createSigningClock({ now: () => NOON });
    expect(clock.correct(dateAt(NOON + 60_000))).toBe(false);
    expect(clock.now()).toEqual(new Date(NOON));
  });

  it.each([undefined, '', 'yesterday'])('is not set by the date %j', (date) => {
    const clock = createSigningClock({ now: () => NOON });
    expect(clock.correct(date)).toBe(false);
    expect(clock.now()).toEqual(new Date(NOON));
  });

  it.each([3_600_000, -3_600_000])(
    'is that of SQS where it is %d ms off, and set again when the machine’s is',
    (off) => {
      let now = NOON;
      const clock = createSigningClock({ now: () => now });
      expect(clock.correct(dateAt(NOON + off))).toBe(true);
      expect(clock.now()).toEqual(new Date(NOON + off));
      expect(clock.correct(dateAt(NOON + off))).toBe(false);

      now += off;
      expect(clock.correct(dateAt(NOON + off))).toBe(true);
      expect(clock.now()).toEqual(new Date(NOON + off));
    },
  );
});
