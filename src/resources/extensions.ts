import deepmerge from 'deepmerge';
import { isIntrinsic, type Extensions } from '../config/configuration';

import type { Fragment } from './cloudformation';

type TemplateResources = Fragment['Resources'];

/**
 * Puts the user's own properties over those of the builders, as the last step. A rule of the configuration has refused
 * resources that are not made.
 * @param ids the logical ids of the resources, by the names that `extensions` has for them
 */
export function extend(
  resources: TemplateResources,
  ids: Readonly<Record<string, string>>,
  extensions: Extensions,
): TemplateResources {
  const extended = Object.entries(extensions).map(([resource, properties]) => {
    const id = madeId(resources, ids[resource]);
    if (id === undefined) throw notMade(resource);
    const body = resources[id]!;
    return [id, { ...body, Properties: merge(body.Properties ?? {}, properties) }];
  });
  return { ...resources, ...(Object.fromEntries(extended) as TemplateResources) };
}

/** The names of those resources that are made, in the order of the ids. */
export function namesOf(resources: object, ids: Readonly<Record<string, string>>): string[] {
  return Object.keys(ids).filter((name) => madeId(resources, ids[name]) !== undefined);
}

/** The logical id under which a resource is made, if it is. That of an API's deployment ends with a hash. */
function madeId(resources: object, id: string | undefined): string | undefined {
  if (id === undefined || Object.hasOwn(resources, id)) return id;
  return Object.keys(resources).find(
    (made) => made.startsWith(id) && /^[0-9a-f]+$/.test(made.slice(id.length)),
  );
}

type Properties = Record<string, unknown>;

/** Maps are merged key by key; a list, or a CloudFormation function, replaces what was there. */
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
