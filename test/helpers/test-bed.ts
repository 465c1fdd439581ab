import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { startTestEmulator, type TestEmulator, type TestQueue } from './emulator';
import { createTestFolder, type TestFolder } from './folder';
import { createGate, type Gate } from './gate';
import { endWatchers, startWatcher, type TestWatcher } from './watcher';

/** What most tests of the watcher need. */
export interface TestBed {
  /** One emulator for all tests of the file. */
  readonly emulator: TestEmulator;
  /** A folder for each test that asks for it. */
  readonly folder: TestFolder;
  /** A gate in that folder, for each test that asks for it. */
  readonly gate: Gate;
  /** Starts a watcher of the queue. It is killed after the test. */
  start(queue: TestQueue, command: string, environment?: Record<string, string>): TestWatcher;
}

/** Call it once, at the top of a test file. After each test it kills the watchers, and then removes gate and folder. */
export function useTestBed(): TestBed {
  let emulator: TestEmulator;
  let folder: TestFolder | undefined;
  let gate: Gate | undefined;
  beforeAll(async () => {
    emulator = await startTestEmulator();
  });
  afterEach(async () => {
    await endWatchers();
    gate?.close();
    folder?.remove();
    gate = folder = undefined;
  });
  afterAll(() => emulator.stop());
  const folderOfTest = () => (folder ??= createTestFolder());
  return {
    get emulator() {
      return emulator;
    },
    get folder() {
      return folderOfTest();
    },
    get gate() {
      return (gate ??= createGate(folderOfTest().path));
    },
    start: (queue, command, environment = {}) =>
      startWatcher({ endpoint: emulator.endpoint, queueUrl: queue.url, command, environment }),
  };
}
