import { describe, expect, it } from '@jest/globals';
import { createBackoff } from '../../src/shared/backoff';
import { fc } from '../helpers/seeded';

const waits = (random: () => number, count: number) => {
  const backoff = createBackoff(random);
  return Array.from({ length: count }, () => backoff.next());
};

describe('the pause after a failure', () => {
  it('doubles up to 30 s, and is at least half of that', () => {
    expect(waits(() => 0, 10)).toEqual([125, 250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(waits(() => 1, 10)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('stays in these bounds, however often and whatever the dice', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (dice) => {
        let roll = 0;
        waits(() => dice[roll++ % dice.length]!, 2000).forEach((wait, failures) => {
          const ceiling = Math.min(30_000, 250 * 2 ** failures);
          expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
          expect(wait).toBeLessThanOrEqual(ceiling);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('is short again after a success', () => {
    const backoff = createBackoff(() => 0);
    for (let failure = 0; failure < 20; failure += 1) backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(125);
  });
});
