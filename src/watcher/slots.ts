/** Places for workers. A slot is taken before its message is asked for, so none is held that nobody works on. */
export interface Slots {
  readonly free: number;
  readonly busy: number;
  take(): void;
  release(): void;
  /** Resolves when at least so many are free, or the signal is given. */
  whenFree(count?: number, giveUp?: AbortSignal): Promise<void>;
  /** Resolves when all are. */
  whenAllFree(): Promise<void>;
}

export function createSlots(count: number): Slots {
  let busy = 0;
  let waiting: { isMet: () => boolean; resolve: () => void }[] = [];
  const wake = (isMet: (waiter: { isMet: () => boolean }) => boolean) => {
    const met = waiting.filter(isMet);
    waiting = waiting.filter((waiter) => !met.includes(waiter));
    met.forEach(({ resolve }) => resolve());
  };
  const when = (isMet: () => boolean, giveUp?: AbortSignal) => {
    if (isMet() || giveUp?.aborted) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const waiter = { isMet, resolve };
      waiting.push(waiter);
      giveUp?.addEventListener('abort', () => wake((other) => other === waiter), { once: true });
    });
  };
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
      wake(({ isMet }) => isMet());
    },
    whenFree: (wanted = 1, giveUp) => when(() => count - busy >= wanted, giveUp),
    whenAllFree: () => when(() => busy === 0),
  };
}
