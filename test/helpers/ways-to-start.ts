import { afterAll, beforeAll, describe } from '@jest/globals';
import path from 'node:path';
import { systemClock } from '../../src/watcher/clock';
import { findLauncher } from '../../src/watcher/worker/launcher/find-launcher';
import { createStarter } from '../../src/watcher/worker/launcher/starter';
import { startByNode } from '../../src/watcher/worker/node-spawn';
import type { StartWorker } from '../../src/watcher/worker/start-worker';
import { createTestLog } from './test-log';

/** The built launcher; undefined where there was no C compiler for it. */
export const LAUNCHER = findLauncher(path.resolve(__dirname, '../../dist/layer'), process);

/** Tests that need the launcher; skipped by name where it could not be built. */
export function describeWithLauncher(name: string, tests: () => void): void {
  if (LAUNCHER !== undefined) describe(name, tests);
  else describe.skip(`${name} (no launcher: there is no C compiler)`, tests);
}

/** The same tests for each way of starting a worker. */
export function describeEachWay(tests: (start: StartWorker) => void): void {
  describe('started by Node', () => {
    tests(startByNode);
  });
  describeWithLauncher('started by the launcher', () => {
    const log = createTestLog();
    let starter: ReturnType<typeof createStarter>;
    beforeAll(async () => {
      starter = createStarter({ file: LAUNCHER, log, clock: systemClock });
      await starter.ready;
    });
    afterAll(() => {
      starter.close();
      // Nothing was started by Node after all.
      if (log.lines.length > 0) throw new Error(log.lines.join('\n'));
    });
    tests((request) => starter.start(request));
  });
}
