/**
 * Resolves at the first Ctrl-C (or SIGTERM), when the caller begins to stop; a second one is passed on. Since the
 * plugin listens, the framework does not end the process.
 */
export function onCtrlC({ onFirst, onSecond }: { onFirst: () => void; onSecond: () => void }): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    const handle = () => {
      count += 1;
      if (count > 1) return void onSecond();
      onFirst();
      resolve();
    };
    process.on('SIGINT', handle);
    process.on('SIGTERM', handle);
  });
}

/** Ctrl-C, a polite kill, and a terminal that is closed. */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs something that ends early when it is told to stop. After it, the framework handles signals in its own way
 * again.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
  };
  STOPPING.forEach((name) => process.on(name, stop));
  try {
    return await run(controller.signal);
  } finally {
    STOPPING.forEach((name) => process.off(name, stop));
  }
}
