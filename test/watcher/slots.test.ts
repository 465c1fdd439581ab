import { describe, expect, it } from '@jest/globals';
import { createSlots } from '../../src/watcher/slots';

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

  it('tell when one is free, and when all are', async () => {
    const slots = createSlots(2);
    expect(await isMet(slots.whenFree())).toBe(true);
    expect(await isMet(slots.whenAllFree())).toBe(true);
    slots.take();
    slots.take();
    const [free, all] = [slots.whenFree(), slots.whenAllFree()];
    expect([await isMet(free), await isMet(all)]).toEqual([false, false]);
    slots.release();
    expect([await isMet(free), await isMet(all)]).toEqual([true, false]);
    slots.release();
    expect(await isMet(all)).toBe(true);
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
    const waiting = [slots.whenFree(), slots.whenFree(), slots.whenAllFree()];
    slots.release();
    await expect(Promise.all(waiting)).resolves.toHaveLength(3);
  });
});
