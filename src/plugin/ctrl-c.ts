/**
 * Resolves at the first Ctrl-C (or SIGTERM), when the caller begins to stop; a second one is passed on. With a listener
 * of its own here, the framework leaves the process alone.
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
