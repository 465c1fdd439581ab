import type { Problem } from '../errors/problem';
import { UserError } from '../errors/user-error';
import type { Fragment } from './cloudformation';

/** A template as the framework compiles it. */
export interface Template {
  Resources: Record<string, unknown>;
  Outputs?: Record<string, unknown>;
}

/** What the service's own `resources:` section defines; the framework merges it after the plugins have run. */
export type OwnResources = Partial<Template> | undefined;

/**
 * Adds the fragment to the template, in place: the one step that writes into it.
 * @throws {UserError} `WATCHBOT_RESOURCE_EXISTS` if a name is taken. Then nothing is written.
 */
export function mergeInto(template: Template, fragment: Fragment, own: OwnResources): void {
  const problems = [
    ...taken('Resources', Object.keys(fragment.Resources), [template.Resources, own?.Resources]),
    ...taken('Outputs', Object.keys(fragment.Outputs), [template.Outputs, own?.Outputs]),
  ];
  if (problems.length > 0) throw alreadyThere(problems);
  // A copy: the configuration is frozen, and plugins that run later may change the template.
  const { Resources, Outputs } = structuredClone(fragment);
  Object.assign(template.Resources, Resources);
  template.Outputs = { ...template.Outputs, ...Outputs };
}

function alreadyThere(problems: readonly Problem[]): UserError {
  return UserError.ofMany(
    'WATCHBOT_RESOURCE_EXISTS',
    'The service already has what the plugin would add:',
    problems,
  );
}

function taken(
  section: 'Resources' | 'Outputs',
  names: string[],
  defined: (object | undefined)[],
): Problem[] {
  return names
    .filter((name) => defined.some((existing) => existing !== undefined && Object.hasOwn(existing, name)))
    .map((name) => ({
      code: 'WATCHBOT_RESOURCE_EXISTS' as const,
      place: `resources.${section}.${name}`,
      given: `${name}, in the service's own resources or another plugin's`,
      allowed: 'names that the plugin does not use',
      advice:
        section === 'Resources'
          ? 'rename it; to change what the plugin makes, use `extensions`'
          : 'rename it',
    }));
}
