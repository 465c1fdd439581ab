import type { PackagedService } from '../helpers/corpus';
import type { PackagedTemplate } from '../helpers/framework';
import type { PluginOutput } from '../helpers/template-difference';

export const byName = (services: readonly PackagedService[]) =>
  new Map(services.map((each) => [each.name, each]));

export const idsIn = ({ Resources, Outputs }: PluginOutput) => [
  ...Object.keys(Resources),
  ...Object.keys(Outputs),
];

export type Part = Pick<PackagedTemplate, 'Resources' | 'Outputs'>;

/**
 * JSON of some resources and outputs, in their order. Export names are left out: the framework adds them to all
 * outputs.
 */
export const textOf = ({ Resources, Outputs }: Part, ids: readonly string[]) =>
  JSON.stringify(
    [
      ...Object.entries(Resources),
      ...Object.entries(Outputs).map(([id, { Value }]) => [id, Value] as const),
    ].filter(([id]) => ids.includes(id)),
    undefined,
    1,
  );
