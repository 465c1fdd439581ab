import { Type } from '@sinclair/typebox';
import { CAPACITY_DEFAULTS, EC2, FARGATE_PROVIDERS, MANAGED } from '../defaults';
import { ECS } from '../limits';
import { ManagedSchema } from './managed';
import { oneOf, orIntrinsic, strictObject, stringOrIntrinsic } from './values';

const Share = strictObject(
  {
    provider: stringOrIntrinsic({
      title: 'FARGATE, FARGATE_SPOT or the name of a capacity provider of your own',
      description:
        'Each at most once. A provider of your own belongs to the `cluster`, and stands for EC2 instances unless `managed` says otherwise.',
    }),
    managed: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether that provider is one of ECS Managed Instances: its name does not tell, and ECS must be told.',
      }),
    ),
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
  },
  { title: '{provider, managed, weight, base}', hints: { capacityProvider: 'provider', name: 'provider' } },
);

export const CapacitySchema = Type.Union(
  [
    oneOf([...FARGATE_PROVIDERS, EC2, MANAGED]),
    strictObject(
      { managed: Type.Optional(ManagedSchema) },
      {
        title: '{managed: …}',
        minProperties: 1,
        hints: {
          provider: 'write a list: `capacity: [{provider: …}]`',
          weight: 'write a list: `capacity: [{provider: …, weight: …}]`',
          base: 'write a list: `capacity: [{provider: …, base: …}]`',
          spot: 'write `capacity: {managed: {spot: true}}`, or `capacity: FARGATE_SPOT`',
        },
      },
    ),
    Type.Array(Share, { minItems: 1, maxItems: ECS.maxCapacityProviders }),
  ],
  {
    default: 'FARGATE',
    title: 'FARGATE, FARGATE_SPOT, EC2, MANAGED, {managed: …}, or a list of {provider, weight, base}',
    description:
      'Where tasks run. `MANAGED`: on instances that AWS runs, chosen by `cpu`, `memory` and `gpu`; `{managed: …}` says more of them. A list mixes the two of Fargate, such as Spot with an on-demand base, or several capacity providers of one kind. `EC2`, or a provider of your own, needs a `cluster` that has the instances.',
  },
);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html */
export const PlacementConstraintsSchema = Type.Array(
  strictObject(
    {
      type: oneOf(['distinctInstance', 'memberOf'], {
        description:
          '`distinctInstance`: no two tasks on one instance. `memberOf`: instances that `expression` matches.',
      }),
      expression: Type.Optional(
        orIntrinsic(Type.String({ minLength: 1, maxLength: 2_000 }), {
          description: "For `memberOf`: an expression in ECS's cluster query language.",
        }),
      ),
    },
    { title: '{type, expression}' },
  ),
  {
    title: 'a list of {type, expression}',
    default: [],
    maxItems: ECS.maxPlacementConstraints,
    description: 'On EC2 and on Managed Instances: which instances tasks may run on.',
  },
);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementStrategy.html */
export const PlacementStrategiesSchema = Type.Array(
  strictObject(
    {
      type: oneOf(['random', 'spread', 'binpack'], {
        description:
          '`spread`: evenly over the values of `field`. `binpack`: where the least of `field` is left. `random`: anywhere.',
      }),
      field: Type.Optional(
        Type.String({
          minLength: 1,
          description:
            'For `spread`: `instanceId`, `host` or an attribute; for `binpack`: `cpu` or `memory`.',
        }),
      ),
    },
    { title: '{type, field}' },
  ),
  {
    title: 'a list of {type, field}',
    default: [],
    maxItems: ECS.maxPlacementStrategies,
    description: 'On EC2: how tasks are placed on the instances, the first strategy first.',
  },
);
