import deepmerge from 'deepmerge';
import type { Worker } from '../config/configuration';
import { logicalId, type WorkerResource } from '../config/names';
import type { Resources } from './cloudformation';

/** The user's own properties over what was generated, as the last step. The rules have refused resources that are not made. */
export function extend(resources: Resources, { name, extensions }: Worker): Resources {
  const extended = Object.entries(extensions).map(([resource, properties]) => {
    const id = logicalId(name, resource as WorkerResource);
    const body = resources[id];
    if (body === undefined) throw notMade(name, resource);
    return [id, { ...body, Properties: merge(body.Properties ?? {}, properties) }];
  });
  return { ...resources, ...(Object.fromEntries(extended) as Resources) };
}

type Properties = Record<string, unknown>;

/** Maps are merged key by key; a list, or a CloudFormation function, takes the place of what was there. */
function merge(generated: Properties, given: Readonly<Properties>): Properties {
  return deepmerge(generated, given, {
    arrayMerge: (_generated, list: unknown[]) => list,
    customMerge: () => (before: Properties, after: Properties) =>
      isFunction(before) || isFunction(after) ? after : Array.isArray(after) ? after : merge(before, after),
  });
}

function isFunction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [key, ...others] = Object.keys(value);
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

function notMade(worker: string, resource: string): Error {
  return new Error(`worker "${worker}" has no ${resource} to extend: this should not happen`);
}
