import { afterAll, beforeAll, describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { launcherFileOf } from '../../src/contract/image';
import { systemClock } from '../../src/shared/clock';
import { createStarter, findLauncher } from '../../src/watcher/worker/launcher/starter';
import { startByNode } from '../../src/watcher/worker/node-spawn';
import type { StartWorker } from '../../src/watcher/worker/run-worker';
import { createTestLog } from './test-log';

const LAYER = path.resolve(__dirname, '../../dist/layer');

/** The built launcher; undefined where there was no C compiler for it. */
export const LAUNCHER = findLauncher(LAYER, process);

const EMULATOR = 'qemu-aarch64-static';
const EMULATED_LAUNCHER = path.resolve(__dirname, '../fixtures/emulated-launcher.sh');

/** Tests that need the launcher; skipped by name where it could not be built. */
export function describeWithLauncher(name: string, tests: () => void): void {
  if (LAUNCHER !== undefined) describe(name, tests);
  else describe.skip(`${name} (no launcher: there is no C compiler)`, tests);
}

/** The same tests for the machine's own launcher and for that of arm64, by an emulator. */
export function describeEachLauncher(name: string, tests: (file: string) => void): void {
  describeWithLauncher(name, () => {
    tests(LAUNCHER!);
  });
  describeWithEmulatedLauncher(`${name}, on arm64`, tests);
}

/** Tests of the launcher for arm64; skipped by name where it could not be built, or cannot be run. */
export function describeWithEmulatedLauncher(name: string, tests: (file: string) => void): void {
  const reason = whyNotEmulated();
  const define = () => {
    tests(EMULATED_LAUNCHER);
  };
  if (reason === undefined) describe(name, define);
  else describe.skip(`${name} (${reason})`, define);
}

function whyNotEmulated(): string | undefined {
  if (!existsSync(path.join(LAYER, launcherFileOf('arm64'))))
    return 'no launcher: there is no C compiler for arm64';
  return spawnSync(EMULATOR, ['--version']).status === 0 ? undefined : `there is no ${EMULATOR}`;
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
