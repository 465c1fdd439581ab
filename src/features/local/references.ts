import type { Configuration } from '../../config/configuration';
import { REFERENCE_NAMES, referenceTo, type ReferenceName } from '../../resources/references';
import type { LocalRunRecord } from '../stack/local-run';
import { queueNameIn } from '../stack/queues';
import { resolveText, UnresolvedError, type Scope } from './intrinsics';
import type { LocalWorker } from './service';
import { arnOf, type LocalStack } from './stack';

/**
 * What `${watchbot:WORKER.NAME}` is in the emulator, for functions of the service that run on this machine, too. What is
 * not known here is left out.
 */
export function localReferences(
  configuration: Configuration,
  { scope }: Pick<LocalStack, 'scope'>,
  made: readonly LocalWorker[],
): LocalRunRecord['references'] {
  const entries = configuration.workers.map((worker) => {
    const all = REFERENCE_NAMES.map((name) => {
      const value = referenceTo({ configuration, worker }, name);
      return [name, value === undefined ? undefined : textOf(value, scope)] as const;
    });
    // What exists in AWS has stand-ins.
    const standIns = standInsOf(
      made.find(({ name }) => name === worker.name),
      scope,
    );
    return [worker.name, { ...known(all), ...known(Object.entries(standIns)) }] as const;
  });
  return Object.fromEntries(entries);
}

function standInsOf(worker: LocalWorker | undefined, scope: Scope): Partial<Record<ReferenceName, string>> {
  if (worker === undefined) return {};
  const { queueUrl, deadLetterQueueUrl, topicArn } = worker;
  return {
    queueUrl,
    queueArn: arnOf('sqs', queueNameIn(queueUrl), scope),
    ...(deadLetterQueueUrl === undefined ? {} : deadLetters(deadLetterQueueUrl, scope)),
    ...(topicArn === undefined ? {} : { topicArn }),
  };
}

const deadLetters = (deadLetterQueueUrl: string, scope: Scope) => ({
  deadLetterQueueUrl,
  deadLetterQueueArn: arnOf('sqs', queueNameIn(deadLetterQueueUrl), scope),
});

const known = (entries: readonly (readonly [string, string | undefined])[]): Record<string, string> =>
  Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));

function textOf(value: unknown, scope: Scope): string | undefined {
  try {
    return resolveText(value, scope);
  } catch (error) {
    if (error instanceof UnresolvedError) return undefined;
    throw error;
  }
}
