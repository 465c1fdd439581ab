import { EXTENDABLE_RESOURCES } from '../names';
import { didYouMean } from '../suggest';
import type { WorkerRule } from './rule';

export const extensionsAreKnown: WorkerRule = {
  reads: ['extensions'],
  check: ({ worker, at }) =>
    Object.keys(worker.extensions)
      .filter((resource) => !EXTENDABLE_RESOURCES.includes(resource))
      .map((resource) => ({
        code: 'WATCHBOT_UNKNOWN_KEY' as const,
        place: at('extensions', resource),
        given: resource,
        allowed: EXTENDABLE_RESOURCES.join(', '),
        advice: didYouMean(resource, EXTENDABLE_RESOURCES) ?? 'name one of these resources',
      })),
};
