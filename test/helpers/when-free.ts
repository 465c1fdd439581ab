import type { Slots } from '../../src/watcher/worker/workers';

/** Resolves when a slot is free, or the signal is given. */
export function whenFree(slots: Slots, giveUp?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (slots.free > 0) resolve();
    slots.onFree(resolve);
    giveUp?.addEventListener('abort', () => resolve(), { once: true });
  });
}
