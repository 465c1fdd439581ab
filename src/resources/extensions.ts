import deepmerge from 'deepmerge';
import type { Extensions } from '../config/configuration';
import { isIntrinsic } from '../config/maps';
import type { Resources } from './cloudformation';

/**
 * The user's own properties over what was generated, as the last step. The rules have refused extensions of resources that
 * are not made.
 * @param ids the logical ids of the resources, by what `extensions` calls them
 */
export function extend(
  resources: Resources,
  ids: Readonly<Record<string, string>>,
  extensions: Extensions,
): Resources {
  const extended = Object.entries(extensions).map(([resource, properties]) => {
    const id = madeId(resources, ids[resource]);
    if (id === undefined) throw notMade(resource);
    const body = resources[id]!;
    return [id, { ...body, Properties: merge(body.Properties ?? {}, properties) }];
  });
  return { ...resources, ...(Object.fromEntries(extended) as Resources) };
}

/** The names of those resources that are made, in the order of the ids. */
export function namesOf(resources: Resources, ids: Readonly<Record<string, string>>): string[] {
  return Object.keys(ids).filter((name) => {
    const id = madeId(resources, ids[name]);
    return id !== undefined && id in resources;
  });
}

/** A deployment of an API has a hash behind its id. */
function madeId(resources: Resources, id: string | undefined): string | undefined {
  if (id === undefined || id in resources) return id;
  return Object.keys(resources).find(
    (made) => made.startsWith(id) && /^[0-9a-f]+$/.test(made.slice(id.length)),
  );
}

type Properties = Record<string, unknown>;

/** Maps are merged key by key; a list, or a CloudFormation function, takes the place of what was there. */
function merge(generated: Properties, given: Readonly<Properties>): Properties {
  return deepmerge(generated, given, {
    arrayMerge: (_generated, list: unknown[]) => list,
    customMerge: () => (before: Properties, after: Properties) =>
      isIntrinsic(before) || isIntrinsic(after) ? after : Array.isArray(after) ? after : merge(before, after),
  });
}

function notMade(resource: string): Error {
  return new Error(`there is no ${resource} to extend: this should not happen`);
}
