import type { Fragment } from '../../src/resources/cloudformation';

/** What of a template waits for what: CloudFormation refuses a circle, and a name that is not there. */

type Graph = Record<string, string[]>;

/** The logical ids that a part of a template refers to, by whatever function. */
export function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return Object.entries(value).flatMap(([key, inside]: [string, unknown]) => {
    if (key === 'Ref' && typeof inside === 'string') return [inside];
    if (key === 'Fn::GetAtt') return [getAttId(inside)];
    if (key === 'Fn::Sub') return subReferences(inside);
    return referencesIn(inside);
  });
}

function getAttId(target: unknown): string {
  return Array.isArray(target) ? String(target[0]) : String(target).split('.')[0]!;
}

/** `${Id}` and `${Id.Attribute}`, but for what the function is given by that name, and `${!literal}`. */
function subReferences(given: unknown): string[] {
  const [text, variables] = (Array.isArray(given) ? given : [given, {}]) as [string, object];
  const named = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name!.trim());
  return [
    ...named.filter((name) => !Object.hasOwn(variables, name)).map((name) => name.split('.')[0]!),
    ...referencesIn(variables),
  ];
}

const isPseudo = (id: string) => id.startsWith('AWS::');

function graphOf(resources: Fragment['Resources']): Graph {
  return Object.fromEntries(
    Object.entries(resources).map(([id, { DependsOn = [], ...body }]) => [
      id,
      [...new Set([...[DependsOn].flat(), ...referencesIn(body)])].filter((other) => !isPseudo(other)),
    ]),
  );
}

/** Ids that are referred to and not there, but for the user's own. */
export function missingIds({ Resources, Outputs }: Fragment, isOwn: (id: string) => boolean): string[] {
  const referred = [...Object.values(graphOf(Resources)).flat(), ...referencesIn(Outputs)];
  return [...new Set(referred)].filter((id) => !isPseudo(id) && !Object.hasOwn(Resources, id) && !isOwn(id));
}

/** Circles, each as the ids on the way round. */
export function cycles({ Resources }: Pick<Fragment, 'Resources'>): string[][] {
  const graph = graphOf(Resources);
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (id: string, path: readonly string[]) => {
    const begin = path.indexOf(id);
    if (begin !== -1) found.push([...path.slice(begin), id]);
    if (begin !== -1 || done.has(id)) return;
    for (const other of graph[id] ?? []) visit(other, [...path, id]);
    done.add(id);
  };
  for (const id of Object.keys(graph)) visit(id, []);
  return found;
}
