import { expect, it } from '@jest/globals';
import { widestBounds } from '../../src/scaling/choose-policy';

it.each([
  ['none', undefined, { min: 2, max: 10 }],
  ['less', [{ min: 0 }], { min: 0, max: 10 }],
  ['more', [{ max: 30 }, { max: 20 }], { min: 2, max: 30 }],
  [
    'both',
    [
      { min: 5, max: 40 },
      { min: 1, max: 5 },
    ],
    { min: 1, max: 40 },
  ],
  ['nothing beyond them', [{ min: 3, max: 9 }], { min: 2, max: 10 }],
])('the widest bounds are those of all hours: %s', (_, schedule, expected) => {
  expect(widestBounds({ min: 2, max: 10, schedule })).toEqual(expected);
});
