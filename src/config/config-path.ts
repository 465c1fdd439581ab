/** Where a value is in serverless.yml, as people write it: `watchbot.workers.tiles.queue.delay`, `watchbot.mounts[0]`. */
export function configPath(root: string, keys: readonly string[]): string {
  return keys.reduce((path, key) => path + step(key), root);
}

function step(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** A key as it is shown: unchanged, or in quotes if it has anything unusual in it. */
export function nameOf(key: string): string {
  return /^[\w.-]+$/.test(key) ? key : JSON.stringify(key);
}

/** The keys of a JSON pointer (RFC 6901). */
export function keysOfPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
