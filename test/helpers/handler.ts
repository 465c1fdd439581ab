import { ContainerVariable, RuntimeVariable } from '../../src/contract/environment';
import type { TestEmulator, TestQueue } from './emulator';
import { HANDLERS, RUNTIME_BUNDLE } from './runtime-clients';
import { startWatcher, type TestWatcher } from './watcher';

/** A watcher with warm workers, as ECS starts it; by default those of the plugin's own runtime. */
export function startHandler(parts: {
  emulator: TestEmulator;
  queue: Pick<TestQueue, 'url' | 'arn'>;
  command?: string[];
  /** `file.export`, below the folder. */
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
      // Python would write what it has compiled beside the source.
      PYTHONDONTWRITEBYTECODE: '1',
      ...parts.environment,
    },
  });
}
