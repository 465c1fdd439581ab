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

/** The built launcher, or undefined if there was no C compiler to build it. */
export const LAUNCHER = findLauncher(LAYER, process);

const EMULATOR = 'qemu-aarch64-static';
const EMULATED_LAUNCHER = path.resolve(__dirname, '../fixtures/emulated-launcher.sh');

/**
 * Like `describe`, for tests that need the launcher. If it was not built, they are skipped, and their name says why.
 */
export function describeWithLauncher(name: string, tests: () => void): void {
  if (LAUNCHER !== undefined) describe(name, tests);
  else describe.skip(`${name} (no launcher: there is no C compiler)`, tests);
}

/** Defines the tests for this machine's launcher, and for that of arm64 in an emulator. */
export function describeEachLauncher(name: string, tests: (file: string) => void): void {
  describeWithLauncher(name, () => {
    tests(LAUNCHER!);
  });
  describeWithEmulatedLauncher(`${name}, on arm64`, tests);
}

/** Like `describe`, for tests of the launcher for arm64. If it was not built or cannot run, they are skipped. */
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

/** Defines the tests for each way to start a worker. */
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
      // A line would say that Node had to start a worker instead.
      if (log.lines.length > 0) throw new Error(log.lines.join('\n'));
    });
    tests((request) => starter.start(request));
  });
}
