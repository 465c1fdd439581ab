import { type Problem } from '../../errors/problem';
import { lacking, resourcesOf } from '../made-resources';
import { WORKER_RESOURCE_NAMES, type WorkerResource } from '../logical-ids';
import { nameOf } from '../place';
import { didYouMean } from '../suggest';
import type { WorkerRule } from './rule';

export const extensionsAreMade: WorkerRule = {
  reads: ['extensions', 'topic', 'queue', 'alarms', 'events', 'dashboard', 'reduce', 'sender'],
  check: ({ worker, name, at }) => {
    const made = resourcesOf(name, worker);
    return Object.keys(worker.extensions)
      .filter((resource) => !made.includes(resource))
      .map((resource) => {
        const why = isWorkerResource(resource) ? lacking(worker, resource) : undefined;
        return why === undefined
          ? unknownResource(at('extensions', resource), resource, made)
          : absentResource(at('extensions', resource), resource, why);
      });
  },
};

function isWorkerResource(name: string): name is WorkerResource {
  return WORKER_RESOURCE_NAMES.some((resource) => resource === name);
}

export function unknownResource(place: string, resource: string, made: readonly string[]): Problem {
  return {
    code: 'WATCHBOT_UNKNOWN_KEY',
    place,
    given: nameOf(resource),
    allowed: made.join(', '),
    advice: didYouMean(resource, made) ?? 'name one of these resources',
  };
}

function absentResource(place: string, resource: string, why: string): Problem {
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: `properties of the ${resource}, which this worker does not have: ${why}`,
    allowed: 'resources that the worker has',
    advice: 'remove one of the two',
  };
}
