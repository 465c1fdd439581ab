import { describe, expect, it } from '@jest/globals';
import { createSlots } from '../../../src/watcher/worker/workers';

describe('slots', () => {
  it('count what is free and what is busy', () => {
    const slots = createSlots(2);
    expect([slots.free, slots.busy]).toEqual([2, 0]);
    slots.take();
    slots.take();
    expect([slots.free, slots.busy]).toEqual([0, 2]);
    slots.release();
    expect([slots.free, slots.busy]).toEqual([1, 1]);
  });

  it('need not be free from the beginning', () => {
    const slots = createSlots(2, 2);
    expect(slots.free).toBe(0);
    slots.release();
    expect(slots.free).toBe(1);
  });

  it('tell all who listen, whenever one becomes free', () => {
    const slots = createSlots(2, 2);
    const seen: string[] = [];
    slots.onFree(() => seen.push(`one: ${slots.free}`));
    slots.onFree(() => seen.push(`other: ${slots.free}`));
    slots.release();
    slots.take();
    slots.release();
    expect(seen).toEqual(['one: 1', 'other: 1', 'one: 1', 'other: 1']);
  });
});
