import deepmerge from 'deepmerge';
import { isIntrinsic, type Extensions, type TextOrIntrinsic, type Worker } from '../config/configuration';
import { CONTAINER_NAME } from '../config/names';
import { isPlainMap } from '../shared/json';
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

/** The extensions as properties of resources: `container` is one of the containers of the task definition. */
export function ofResources({ container, ...extensions }: Extensions): Extensions {
  if (container === undefined) return extensions;
  const own = { ContainerDefinitions: [{ Name: CONTAINER_NAME, ...container }] };
  const { taskDefinition } = extensions;
  return {
    ...extensions,
    taskDefinition: taskDefinition === undefined ? own : merge(own, taskDefinition),
  };
}

/** The name that an extension gives a resource in the place of the plugin's own, if it does. */
export function extendedName(
  { extensions }: Pick<Worker, 'extensions'>,
  resource: string,
  key: string,
): TextOrIntrinsic | undefined {
  const name = extensions[resource]?.[key];
  return typeof name === 'string' || isIntrinsic(name) ? name : undefined;
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

/** Maps are merged key by key, and lists of things with names by these; a CloudFormation function replaces what was there. */
function merge(generated: Properties, given: Readonly<Properties>): Properties {
  return deepmerge(generated, given, {
    customMerge: (property) => (before: unknown, after: unknown) => {
      if (Array.isArray(before) && Array.isArray(after)) return mergeLists(property, before, after);
      return isPlainMap(before) && isPlainMap(after) && !isIntrinsic(before) && !isIntrinsic(after)
        ? merge(before, after)
        : after;
    },
  });
}

/** By what the entries of a list are told apart, where it is neither a Name, a Key nor an Id. */
const NAMED_BY: Readonly<Record<string, string>> = {
  MountPoints: 'ContainerPath',
  DependsOn: 'ContainerName',
  ExtraHosts: 'Hostname',
  PortMappings: 'ContainerPort',
  Policies: 'PolicyName',
  ResourceRequirements: 'Type',
  Statement: 'Sid',
};
const USUAL_NAMES = ['Name', 'Key', 'Id'];

/**
 * An entry of a name that is there already is merged into it, and any other comes behind. A list without names is replaced,
 * and an empty one takes the list away.
 */
function mergeLists(property: string, generated: readonly unknown[], given: readonly unknown[]): unknown[] {
  const names = Object.hasOwn(NAMED_BY, property) ? [NAMED_BY[property]!] : USUAL_NAMES;
  const name = names.find((key) => generated.every((entry) => isPlainMap(entry) && key in entry));
  if (given.length === 0 || generated.length === 0 || name === undefined) return [...given];
  const nameOf = (entry: unknown) => (isPlainMap(entry) ? JSON.stringify(entry[name]) : undefined);
  const result = [...generated];
  for (const entry of given) {
    const at = result.findIndex((other) => nameOf(other) !== undefined && nameOf(other) === nameOf(entry));
    if (at === -1) result.push(entry);
    else result[at] = merge(result[at] as Properties, entry as Properties);
  }
  return result;
}

function notMade(resource: string): Error {
  return new Error(`there is no ${resource} to extend: this should not happen`);
}
