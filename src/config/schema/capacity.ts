import { Type } from '@sinclair/typebox';
import { ECS } from '../limits';
import { oneOf, strictObject } from './values';

export const CAPACITY_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'] as const;

/** What an entry has where it does not say. A validator fills in no defaults within a choice. */
export const CAPACITY_DEFAULTS = { weight: 1, base: 0 } as const;

const Share = strictObject({
  provider: oneOf(CAPACITY_PROVIDERS, { description: 'Each at most once.' }),
  weight: Type.Optional(
    Type.Integer({
      default: CAPACITY_DEFAULTS.weight,
      minimum: 0,
      maximum: ECS.maxCapacityProviderWeight,
      description: 'Share of the tasks beyond the bases: 1 and 3 are a quarter and three quarters.',
    }),
  ),
  base: Type.Optional(
    Type.Integer({
      default: CAPACITY_DEFAULTS.base,
      minimum: 0,
      maximum: ECS.maxCapacityProviderBase,
      description: 'Tasks that this provider runs before weights count. One entry may have it.',
    }),
  ),
});

export const CapacitySchema = Type.Union(
  [oneOf(CAPACITY_PROVIDERS), Type.Array(Share, { minItems: 1, maxItems: CAPACITY_PROVIDERS.length })],
  {
    default: 'FARGATE',
    title: 'FARGATE, FARGATE_SPOT, or a list of {provider, weight, base}',
    description: 'Where tasks run. A list mixes the two, such as Spot with an on-demand base.',
  },
);
