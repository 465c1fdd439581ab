import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { createSlots } from '../../../src/watcher/worker/workers';

const isMet = async (promise: Promise<void>) => {
  const notYet = new Promise((resolve) => setImmediate(resolve, 'not yet'));
  return (await Promise.race([promise, notYet])) !== 'not yet';
};

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

  it('tell when one is free', async () => {
    const slots = createSlots(2);
    expect(await isMet(slots.whenFree())).toBe(true);
    slots.take();
    slots.take();
    const free = slots.whenFree();
    expect(await isMet(free)).toBe(false);
    slots.release();
    expect(await isMet(free)).toBe(true);
  });

  it('need not be free from the beginning', async () => {
    const slots = createSlots(2, 2);
    const free = slots.whenFree();
    expect([slots.free, await isMet(free)]).toEqual([0, false]);
    slots.release();
    expect([slots.free, await isMet(free)]).toEqual([1, true]);
  });

  it('leave nothing behind on a signal that lives longer', async () => {
    const slots = createSlots(1);
    const signal = new AbortController().signal;
    for (let round = 0; round < 20; round += 1) {
      slots.take();
      const free = slots.whenFree(1, signal);
      slots.release();
      await free;
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('tell when as many are free as are wanted, or when it is given up', async () => {
    const slots = createSlots(3);
    [1, 2, 3].forEach(() => {
      slots.take();
    });
    const giveUp = new AbortController();
    const [two, three] = [slots.whenFree(2), slots.whenFree(3, giveUp.signal)];
    slots.release();
    expect([await isMet(two), await isMet(three)]).toEqual([false, false]);
    slots.release();
    expect([await isMet(two), await isMet(three)]).toEqual([true, false]);
    giveUp.abort();
    expect(await isMet(three)).toBe(true);
    expect(await isMet(slots.whenFree(3, giveUp.signal))).toBe(true);
  });

  it('tell all who wait', async () => {
    const slots = createSlots(1);
    slots.take();
    const waiting = [slots.whenFree(), slots.whenFree(), slots.whenFree()];
    slots.release();
    await expect(Promise.all(waiting)).resolves.toHaveLength(3);
  });
});
