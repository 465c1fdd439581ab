import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { startTestEmulator, type TestEmulator, type TestQueue } from './emulator';
import { createTestFolder, type TestFolder } from './folder';
import { createGate, type Gate } from './gate';
import { endWatchers, startWatcher, type TestWatcher } from './watcher';

/** What tests of the watcher stand on. */
export interface TestBed {
  /** One for all tests of the file. */
  readonly emulator: TestEmulator;
  /** One for each test that asks for it. */
  readonly folder: TestFolder;
  /** In that folder; one for each test that asks for it. */
  readonly gate: Gate;
  /** A watcher of the queue, which is ended after the test. */
  start(queue: TestQueue, command: string, environment?: Record<string, string>): TestWatcher;
}

/** To be called once, at the top of a test file. After each test its watchers are ended, and then what they stood on. */
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
