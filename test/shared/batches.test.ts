import { describe, expect, it } from '@jest/globals';
import { inBatches, inCalls } from '../../src/shared/batches';

describe('batches', () => {
  it.each([
    [0, []],
    [9, [9]],
    [10, [10]],
    [23, [10, 10, 3]],
  ])('of ten: %i entries', (count, lengths) => {
    const entries = Array.from({ length: count }, (_, index) => index);
    const batches = inBatches(entries, 10);
    expect(batches.map(({ length }) => length)).toEqual(lengths);
    expect(batches.flat()).toEqual(entries);
  });

  it.each([
    ['by count', Array<number>(23).fill(0), [10, 10, 3]],
    ['by size', [60, 60, 30, 200, 10], [1, 2, 1, 1]],
    ['none', [], []],
  ])('that one call can carry: %s', (_name, items, lengths) => {
    const batches = inCalls(items, { bytesOf: (bytes) => bytes, mostBytes: 100 });
    expect(batches.map(({ length }) => length)).toEqual(lengths);
    expect(batches.flat()).toEqual(items);
  });
});
