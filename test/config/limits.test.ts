import { describe, expect, it } from '@jest/globals';
import { FARGATE_CPU_UNITS, describeFargateMemory, isFargateSize } from '../../src/config/limits';

describe('a size of Fargate', () => {
  it.each([
    [256, 512, true],
    [256, 1024, true],
    [256, 1536, false],
    [256, 2048, true],
    [256, 3072, false],
    [512, 512, false],
    [512, 4096, true],
    [1024, 2048, true],
    [1024, 2500, false],
    [1024, 9216, false],
    [2048, 16_384, true],
    [4096, 30_720, true],
    [4096, 31_744, false],
    [8192, 16_384, true],
    [8192, 18_432, false],
    [8192, 61_440, true],
    [16_384, 32_768, true],
    [16_384, 36_864, false],
    [16_384, 122_880, true],
    [300, 512, false],
    [0, 0, false],
    [Number.NaN, 512, false],
  ])('with cpu %i and memory %i is one: %s', (cpu, memory, expected) => {
    expect(isFargateSize(cpu, memory)).toBe(expected);
  });

  it.each([
    [256, '512, 1024 or 2048'],
    [1024, '2048 to 8192 in steps of 1024'],
    [16_384, '32768 to 122880 in steps of 8192'],
    [300, 'none with cpu 300'],
  ])('with cpu %i has memory of %s', (cpu, words) => {
    expect(describeFargateMemory(cpu)).toBe(words);
  });

  it('has one of seven cpus, the smallest first', () => {
    expect(FARGATE_CPU_UNITS).toEqual([256, 512, 1024, 2048, 4096, 8192, 16_384]);
  });
});
