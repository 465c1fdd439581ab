import type { AwsAnswer, AwsCall } from '../helpers/aws-calls';
import type { PackagedTemplate } from '../helpers/framework';
import { resourcesIn, withoutOutside } from './scope';
import { TYPES } from './types';
import type { Properties } from './types/type';

/** The calls that create one resource, and the problems that are found without a call. */
export interface Step {
  id: string;
  type: string;
  calls: AwsCall[];
  problems: string[];
}

/**
 * Plans calls for what the template expects to exist already, then for its resources, each after those that it needs.
 * @param only plan just these and the resources that they need, and nothing from outside
 */
export function planOf(template: PackagedTemplate, only?: readonly string[]): Step[] {
  const resourceOf = resourcesIn(template);
  const ids = inOrder(template, only).filter((id) => template.Resources[id]!.Type in TYPES);
  const outside = new Map<string, AwsCall>();
  const steps = ids.map((id) => {
    const { Type, Properties } = template.Resources[id]!;
    const type = TYPES[Type]!;
    const needed = only === undefined ? type.outside?.(withoutOutside(Properties) as Properties) : undefined;
    needed?.forEach((call) => outside.set(JSON.stringify(call), call));
    const resource = resourceOf(id);
    return {
      id,
      type: Type,
      calls: type.calls(resource),
      problems: type.problems?.(resource.properties) ?? [],
    };
  });
  return [{ id: 'outside', type: '', calls: [...outside.values()], problems: [] }, ...steps];
}

export interface Refusal {
  id: string;
  type: string;
  error: string;
}

export function refusalsOf(steps: readonly Step[], answers: readonly AwsAnswer[]): Refusal[] {
  const rest = [...answers];
  return steps.flatMap(({ id, type, calls, problems }) => [
    ...problems.map((error) => ({ id, type, error })),
    ...rest
      .splice(0, calls.length)
      .flatMap((answer) =>
        answer.ok ? [] : [{ id, type, error: `${answer.error.code}: ${answer.error.message}` }],
      ),
  ]);
}

/** @throws if resources need each other in a circle, which CloudFormation refuses */
export function inOrder(
  { Resources }: PackagedTemplate,
  only: readonly string[] = Object.keys(Resources),
): string[] {
  const done = new Set<string>();
  const visit = (id: string, above: readonly string[]) => {
    if (done.has(id)) return;
    if (above.includes(id)) throw new Error(`resources need each other: ${[...above, id].join(' > ')}`);
    const { Properties, DependsOn = [] } = Resources[id]!;
    for (const other of [...referencesIn(Properties), ...[DependsOn].flat().map(String)]) {
      if (other in Resources) visit(other, [...above, id]);
    }
    done.add(id);
  };
  only.forEach((id) => {
    visit(id, []);
  });
  return [...done];
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) => {
    if (key === 'Ref') return [String(entry)];
    if (key === 'Fn::GetAtt') return [Array.isArray(entry) ? String(entry[0]) : String(entry).split('.')[0]!];
    if (key !== 'Fn::Sub') return referencesIn(entry);
    const [text, variables] = Array.isArray(entry) ? (entry as [string, Properties]) : [String(entry), {}];
    const names = [...text.matchAll(/\$\{([^!}][^.}]*)[^}]*\}/g)].map(([, name]) => name!);
    return [...names.filter((name) => !(name in variables)), ...referencesIn(variables)];
  });
}
