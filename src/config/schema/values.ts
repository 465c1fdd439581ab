import { Type, type TSchema } from '@sinclair/typebox';

/** A CloudFormation function: an object with one key, `Ref` or `Fn::…`. */
export const Intrinsic = Type.Object(
  {},
  {
    title: 'a CloudFormation function',
    additionalProperties: true,
    minProperties: 1,
    maxProperties: 1,
    propertyNames: { pattern: '^(Ref|Fn::[A-Za-z0-9]+)$' },
  },
);

export const stringOrIntrinsic = (options: object = {}) =>
  Type.Union([Type.String({ minLength: 1, ...options }), Intrinsic], {
    title: 'text or a CloudFormation function',
  });

/** An object that refuses keys which it does not name. */
export const strictObject = <T extends Record<string, TSchema>>(properties: T, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

export const oneOf = <const T extends string>(values: readonly [T, ...T[]], options: object = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...options });
