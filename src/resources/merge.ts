import { logGroupBesideFunction } from '../config/logical-ids';
import type { Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import type { Fragment } from './cloudformation';

/** A template as the framework compiles it. */
export interface Template {
  Resources: Record<string, unknown>;
  Outputs?: Record<string, unknown>;
}

/** What the service's own `resources:` section defines; the framework merges it after the plugins have run. */
export type OwnResources =
  | (Partial<Template> & {
      /** By logical id: what is put over resources that the framework or a plugin makes. */
      extensions?: Readonly<Record<string, unknown>>;
    })
  | undefined;

/**
 * Adds the fragment to the template, in place: the one step that writes into it.
 * @returns the names of the outputs that were left out, since the service has one of its own under that name
 * @throws {UserError} `WATCHBOT_RESOURCE_EXISTS` if a resource is there already. Then nothing is written.
 */
export function mergeInto(template: Template, fragment: Fragment, own: OwnResources): string[] {
  const apart = besideFunctions(fragment, template, own);
  const taken = Object.keys(apart.Resources).filter((id) => isIn(id, template.Resources, own?.Resources));
  if (taken.length > 0) throw alreadyThere(taken);
  // A copy: the configuration is frozen, and plugins that run later may change the template.
  const { Resources, Outputs } = structuredClone(apart);
  Object.assign(template.Resources, Resources);
  const leftOut = Object.keys(Outputs).filter((name) => isIn(name, template.Outputs, own?.Outputs));
  const added = Object.entries(Outputs).filter(([name]) => !leftOut.includes(name));
  template.Outputs = { ...template.Outputs, ...Object.fromEntries(added) };
  return leftOut;
}

const isIn = (name: string, ...maps: readonly (object | undefined)[]): boolean =>
  maps.some((map) => map !== undefined && Object.hasOwn(map, name));

const LOG_GROUP = 'AWS::Logs::LogGroup';

/**
 * The fragment beside the functions of the service: the framework makes a log group for each function, whose logical id is
 * that of a worker of the same name. That of the worker then has another one; its name in CloudWatch is another anyway.
 */
function besideFunctions(fragment: Fragment, template: Template, own: OwnResources): Fragment {
  const isLogGroup = (resource: unknown) => (resource as { Type?: unknown } | undefined)?.Type === LOG_GROUP;
  const meeting = Object.keys(fragment.Resources).filter(
    (id) =>
      isLogGroup(fragment.Resources[id]) && isLogGroup(template.Resources[id]) && !isIn(id, own?.Resources),
  );
  return meeting.reduce((each, id) => renamed(each, id, logGroupBesideFunction(id)), fragment);
}

/** The same with another logical id for one of its resources, wherever that is named. */
function renamed(fragment: Fragment, from: string, to: string): Fragment {
  const rename = (value: unknown, key?: string): unknown => {
    if (typeof value === 'string') return renamedText(value, key, { from, to });
    if (Array.isArray(value))
      return value.map((entry, index) => rename(entry, index === 0 || key === 'DependsOn' ? key : undefined));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, rename(entry, name)]));
  };
  const resources = Object.entries(fragment.Resources).map(([id, body]) => [
    id === from ? to : id,
    rename(body),
  ]);
  return {
    ...(rename(fragment) as Fragment),
    Resources: Object.fromEntries(resources) as Fragment['Resources'],
  };
}

function renamedText(
  text: string,
  key: string | undefined,
  { from, to }: { from: string; to: string },
): string {
  if (key === 'Ref' || key === 'DependsOn') return text === from ? to : text;
  if (key === 'Fn::GetAtt')
    return text === from || text.startsWith(`${from}.`) ? to + text.slice(from.length) : text;
  if (key !== 'Fn::Sub') return text;
  return text.replaceAll(`\${${from}}`, `\${${to}}`).replaceAll(`\${${from}.`, `\${${to}.`);
}

function alreadyThere(ids: readonly string[]): UserError {
  const problems = ids.map((id): Problem => ({
    code: 'WATCHBOT_RESOURCE_EXISTS',
    place: `resources.Resources.${id}`,
    given: `${id}, in the service's own resources or another plugin's`,
    allowed: 'logical ids that the plugin does not use',
    advice:
      'to change what the plugin makes, use `extensions`; else rename the one of the two that is not deployed yet, your resource or the worker: CloudFormation deletes what is deployed when its logical id changes',
  }));
  return UserError.ofMany(
    'WATCHBOT_RESOURCE_EXISTS',
    'The service already has what the plugin would add:',
    problems,
  );
}
