/** Places for workers. A slot is taken before its message is asked for, so none is held that nobody works on. */
export interface Slots {
  readonly free: number;
  readonly busy: number;
  take(): void;
  release(): void;
  /** Resolves when at least so many are free, or the signal is given. */
  whenFree(count?: number, giveUp?: AbortSignal): Promise<void>;
}

/** @param busy how many are not free yet */
export function createSlots(count: number, busy = 0): Slots {
  const waiters = createWaiters();
  return {
    get free() {
      return count - busy;
    },
    get busy() {
      return busy;
    },
    take: () => {
      busy += 1;
    },
    release: () => {
      busy -= 1;
      waiters.wake();
    },
    whenFree: (wanted = 1, giveUp) => waiters.when(() => count - busy >= wanted, giveUp),
  };
}

/** Who waits until something is so. */
function createWaiters() {
  const waiting = new Set<{ isMet: () => boolean; resolve: () => void }>();
  return {
    /** It may be so now. */
    wake: () => {
      const met = [...waiting].filter(({ isMet }) => isMet());
      met.forEach(({ resolve }) => {
        resolve();
      });
    },
    when: (isMet: () => boolean, giveUp?: AbortSignal) => {
      if (isMet() || giveUp?.aborted) return Promise.resolve();
      return new Promise<void>((resolve) => {
        const finish = () => {
          waiting.delete(waiter);
          // The signal may live as long as the watcher.
          giveUp?.removeEventListener('abort', finish);
          resolve();
        };
        const waiter = { isMet, resolve: finish };
        waiting.add(waiter);
        giveUp?.addEventListener('abort', finish, { once: true });
      });
    },
  };
}
