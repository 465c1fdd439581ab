import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';

/** What happens to a golden that differs or is missing: see `updateMode`. */
type UpdateMode = 'all' | 'new' | 'none';

/**
 * Compares a text with a golden: a file beside the input of the text, whose changes are reviewed as a diff. As with
 * Jest's snapshots, `jest -u` rewrites it, and a missing one is written except in CI.
 */
export function expectGolden(file: string, text: string, mode: UpdateMode = updateMode()): void {
  const golden = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const isWritten = mode === 'all' ? golden !== text : mode === 'new' && golden === undefined;
  if (isWritten) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  if (golden === undefined)
    throw new Error(`no golden ${file}: run this test with -u, and commit what it writes`);
  expect(text).toBe(golden);
}

/** Fails if a folder holds more than these files: a golden without its input, or an input that no test reads. */
export function expectNoOrphans(folder: string, known: readonly string[]): void {
  const orphans = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !known.includes(file));
  expect(orphans).toEqual([]);
}

/**
 * `all` with `-u`, `none` in CI or with `--ci`, otherwise `new`. Jest has no public name for it. Its own matchers, and
 * packages that write snapshots, read it here.
 */
export function updateMode(): UpdateMode {
  const { snapshotState } = expect.getState() as unknown as {
    snapshotState: { _updateSnapshot: UpdateMode };
  };
  return snapshotState._updateSnapshot;
}
