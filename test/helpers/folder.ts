import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for one test. Call `remove` in `afterEach`. */
export interface TestFolder {
  readonly path: string;
  join(...parts: string[]): string;
  remove(): void;
}

export function createTestFolder(): TestFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
  return {
    path: folder,
    join: (...parts) => path.join(folder, ...parts),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
