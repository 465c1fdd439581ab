import { Type, type Static, type TSchema, type TString } from '@sinclair/typebox';

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

/** Like `Intrinsic`, but only functions that can give a list: most give text. */
export const ListIntrinsic = Type.Object(
  {},
  {
    title: 'a CloudFormation function that gives a list',
    additionalProperties: true,
    minProperties: 1,
    maxProperties: 1,
    propertyNames: { pattern: '^(Ref|Fn::(Split|GetAtt|If|FindInMap|Transform))$' },
  },
);

export const stringOrIntrinsic = (options: object = {}) =>
  orIntrinsic(Type.String({ minLength: 1 }), options);

/** A text, or a CloudFormation function that gives one. */
export const orIntrinsic = (text: TString, options: object = {}) =>
  Type.Union([text, Intrinsic], {
    title: `${text.title ?? 'text'} or a CloudFormation function`,
    ...options,
  });

/** What AWS takes as a text: YAML makes a number or a boolean of many. */
export const plainValue = () =>
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Intrinsic], {
    title: 'text, a number, true, false or a CloudFormation function',
  });

/** A text beside a boolean: `"true"`, as a variable may give it, is the boolean. */
export const textBesideBoolean = () => Type.String({ minLength: 1, pattern: '^(?!(true|false)$)' });

/** A map whose names are the user's own. Unlike a `Type.Record` it accepts any name, even one with a line break in it. */
export const mapOf = <T extends TSchema>(values: T, options: object = {}) =>
  Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: values, ...options });

const VariableName = '^[A-Za-z_][A-Za-z0-9_]*$';

/** A map of environment variables. */
export const variables = <T extends TSchema>(values: T, options: object = {}) =>
  Type.Record(Type.String({ pattern: VariableName }), values, {
    default: {},
    additionalProperties: false,
    names: 'letters, digits and underscores that does not begin with a digit',
    ...options,
  });

/** A text of a certain form, which `title` shows by an example. */
export const textLike = (pattern: string, title: string, options: object = {}) =>
  Type.String({ pattern, title, ...options });

/** A line for a shell, or a program and its arguments. */
export const commandLine = (options: object) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String(), { minItems: 1, maxItems: 100 })], {
    title: 'a shell line or a list of arguments',
    ...options,
  });

/** An object that refuses keys which it does not name. */
export const strictObject = <T extends Record<string, TSchema>>(properties: T, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

export const oneOf = <const T extends string>(values: readonly [T, ...T[]], options: object = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...options });
