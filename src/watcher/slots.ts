/** Places for workers. A slot is taken before its message is asked for, so none is held that nobody works on. */
export interface Slots {
  readonly free: number;
  readonly busy: number;
  take(): void;
  release(): void;
  /** Resolves when at least one is free. */
  whenFree(): Promise<void>;
  /** Resolves when all are. */
  whenAllFree(): Promise<void>;
}

export function createSlots(count: number): Slots {
  let busy = 0;
  let waiting: { isMet: () => boolean; resolve: () => void }[] = [];
  const when = (isMet: () => boolean) =>
    isMet() ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push({ isMet, resolve }));
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
      const met = waiting.filter(({ isMet }) => isMet());
      waiting = waiting.filter((waiter) => !met.includes(waiter));
      met.forEach(({ resolve }) => resolve());
    },
    whenFree: () => when(() => busy < count),
    whenAllFree: () => when(() => busy === 0),
  };
}
