/** Ctrl-C, a polite kill, and a terminal that is closed. */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls back at the first Ctrl-C, when the caller begins to stop, and at each further one. As long as the plugin listens,
 * the framework does not end the process.
 * @returns ends it
 */
export function onCtrlC({ onFirst, onSecond }: { onFirst: () => void; onSecond: () => void }): () => void {
  let count = 0;
  const handle = () => {
    count += 1;
    (count > 1 ? onSecond : onFirst)();
  };
  STOPPING.forEach((name) => process.on(name, handle));
  return () => {
    STOPPING.forEach((name) => process.off(name, handle));
  };
}

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
