import { watch } from 'node:fs';
import path from 'node:path';

/** What a running worker writes itself, or what changes without its code: Python's and git's own, packages, the framework's. */
const NOT_SOURCE = /^(\..*|node_modules|__pycache__)$/;

/** Editors write a file in several steps, and a checkout many files. */
const QUIET_MS = 200;

/**
 * Calls back when a file in the folder has changed, once for many at a time.
 * @returns ends it
 */
export function watchFolder(folder: string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || name.split(path.sep).some((part) => NOT_SOURCE.test(part))) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  });
  // What vanishes while it is looked at is no reason to end.
  watcher.on('error', () => undefined);
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
