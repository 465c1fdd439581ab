/** A handler that returns no promise, and leaves a connection or an interval open, would wait without a word. */
const LONG_OPEN_MS = 60_000;

/**
 * Says so once: it is the handler's way, not that of one message.
 * @returns what is to be called for each invocation that waits; it gives what is to be called at its end
 */
export function createWatchOpen(
  openResources: () => readonly string[],
  logError: (text: string) => void,
): () => () => void {
  let isTold = false;
  return () => {
    if (isTold) return () => undefined;
    const timer = setTimeout(() => {
      isTold = true;
      const open = [...new Set(openResources())].join(', ');
      logError(
        `the handler returned no promise, so it is done when nothing of it runs any more; after a minute there is still: ${open}`,
      );
    }, LONG_OPEN_MS);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  };
}
