import { type Problem } from '../../errors/problem';
import { lacking, lackingShared, resourcesOf, sharedResourcesOf } from '../made-resources';
import {
  SHARED_RESOURCE_NAMES,
  WORKER_RESOURCE_NAMES,
  type SharedResource,
  type WorkerResource,
} from '../logical-ids';
import { nameOf, placeOf } from '../place';
import { didYouMean } from '../suggest';
import type { Service, WorkerRule } from './rule';

export const extensionsAreMade: WorkerRule = {
  reads: [
    'extensions',
    'topic',
    'queue',
    'alarms',
    'deploy',
    'events',
    'dashboard',
    'reduce',
    'sender',
    'scaling',
    'concurrency',
  ],
  check: ({ worker, name, isMany, shared, context, at }) => {
    // Where one worker stands alone, what it would share is among its extensions.
    const made = [
      ...resourcesOf(name, worker),
      ...(isMany ? [] : sharedResourcesOf(shared, context, [worker])),
    ];
    return Object.keys(worker.extensions)
      .filter((resource) => !made.includes(resource))
      .map((resource) => {
        const place = at('extensions', resource);
        const why = isWorkerResource(resource) ? lacking(worker, resource) : undefined;
        if (why !== undefined) return absentResource(place, resource, `this worker does not have: ${why}`);
        const unknown = unknownResource(place, resource, made);
        return isSharedResource(resource)
          ? { ...unknown, advice: `move it beside \`workers\`: watchbot.extensions.${resource}` }
          : unknown;
      });
  },
};

/** Extensions of what the workers share: beside `workers`, or among those of the only worker. */
export function sharedExtensionProblems({ shared, workers, context, root }: Service): Problem[] {
  const given = [shared, context, Object.values(workers)] as const;
  const lacks = lackingShared(...given);
  return Object.keys(shared.extensions).flatMap((resource): Problem[] => {
    const place = placeOf(root, ['extensions', resource]);
    if (!isSharedResource(resource)) {
      const unknown = unknownResource(place, resource, sharedResourcesOf(...given));
      const advice = `move it into a worker: ${root}.workers.NAME.extensions.${resource}`;
      return [isWorkerResource(resource) ? { ...unknown, advice } : unknown];
    }
    const why = lacks(resource);
    return why === undefined ? [] : [absentResource(place, resource, `the plugin does not make: ${why}`)];
  });
}

function isWorkerResource(name: string): name is WorkerResource {
  return WORKER_RESOURCE_NAMES.some((resource) => resource === name);
}

function isSharedResource(name: string): name is SharedResource {
  return SHARED_RESOURCE_NAMES.some((resource) => resource === name);
}

function unknownResource(place: string, resource: string, made: readonly string[]): Problem {
  return {
    code: 'WATCHBOT_UNKNOWN_KEY',
    place,
    given: nameOf(resource),
    allowed: made.join(', '),
    advice: didYouMean(resource, made) ?? 'name one of these resources',
  };
}

function absentResource(place: string, resource: string, which: string): Problem {
  return {
    code: 'WATCHBOT_CONTRADICTION',
    place,
    given: `properties of the ${resource}, which ${which}`,
    allowed: 'resources that are made',
    advice: 'remove it, or have the resource made',
  };
}
