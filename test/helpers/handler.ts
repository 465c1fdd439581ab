import { ContainerVariable, RuntimeVariable } from '../../src/contract/environment';
import type { TestEmulator, TestQueue } from './emulator';
import { HANDLERS, RUNTIME_BUNDLE } from './runtime-clients';
import { startWatcher, type TestWatcher } from './watcher';

/** Starts a watcher with warm workers, as ECS does. By default they use the plugin's runtime. */
export function startHandler(parts: {
  emulator: TestEmulator;
  queue: Pick<TestQueue, 'url' | 'arn'>;
  command?: string[];
  /** `file.export`, relative to the folder. */
  handler?: string;
  folder?: string;
  environment?: Record<string, string>;
}): TestWatcher {
  const { emulator, queue, handler = 'cases.handler', folder = HANDLERS } = parts;
  return startWatcher({
    endpoint: emulator.endpoint,
    queueUrl: queue.url,
    verb: 'handle',
    command: parts.command ?? [process.execPath, '--enable-source-maps', RUNTIME_BUNDLE],
    folder,
    environment: {
      [ContainerVariable.queueArn]: queue.arn,
      [ContainerVariable.logGroup]: 'the-log-group',
      [RuntimeVariable.handler]: handler,
      [RuntimeVariable.functionName]: 'tiles-dev-render',
      [RuntimeVariable.memorySizeMiB]: '512',
      // Otherwise Python writes compiled files beside the sources.
      PYTHONDONTWRITEBYTECODE: '1',
      ...parts.environment,
    },
  });
}
