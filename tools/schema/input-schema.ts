import type { TSchema } from '@sinclair/typebox';
import { Intrinsic, ListIntrinsic } from '../../src/config/schema/values';
import type { Unit } from '../../src/config/units';
import { describeAllowed, describeDefault } from './words';

/** The keywords of JSON Schema that the section's schema uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  markdownDescription?: string;
  default?: unknown;
  pattern?: string;
  /** Of the language server for YAML: what it says in the place of the pattern. */
  patternErrorMessage?: string;
  enum?: readonly unknown[];
  const?: unknown;
  if?: JsonSchema;
  then?: JsonSchema;
  else?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  items?: JsonSchema;
  properties?: Readonly<Record<string, JsonSchema>>;
  patternProperties?: Readonly<Record<string, JsonSchema>>;
  additionalProperties?: JsonSchema | boolean;
  propertyNames?: JsonSchema;
  required?: readonly string[];
  minProperties?: number;
  /** For json-schema-to-typescript: the type, where a schema says it too widely. */
  tsType?: string;
}

/** `${…}` of the framework, which is anything once it is resolved. */
const VARIABLE = '\\$\\{';

/**
 * What a file may say where the schema wants a value: the value itself, or a variable that stands for it.
 * @param allowed the schema in words
 */
type OrVariable = (schema: JsonSchema, allowed: string) => JsonSchema;

/**
 * For a validator. Keywords for numbers, lists and maps leave a text alone, so that most schemas need no choice for it:
 * an editor shows and completes those best that have none.
 */
export const orVariableText: OrVariable = (schema, allowed) => {
  if (takesAnyText(schema)) return schema;
  const { anyOf, type, pattern } = schema;
  if (anyOf !== undefined) return { ...schema, anyOf: [...anyOf, variableText()] };
  if (schema.enum !== undefined || schema.const !== undefined) return choice(schema);
  const patternErrorMessage = `Wanted: ${allowed}, or a variable like \${…}.`;
  if (type === undefined) return schema;
  const texts = pattern === undefined ? VARIABLE : `${pattern}|${VARIABLE}`;
  return { ...withText(schema, texts), patternErrorMessage };
};

/** The schema, or a text of this pattern: for texts alone a pattern counts. */
const withText = ({ type, ...schema }: JsonSchema, pattern: string): JsonSchema => ({
  ...schema,
  type: type === undefined || type === 'string' ? 'string' : [...new Set([type, 'string'].flat())],
  pattern,
});

const variableText = (): JsonSchema => ({ type: 'string', pattern: VARIABLE });

function takesAnyText({ type, pattern, anyOf, ...others }: JsonSchema): boolean {
  if (anyOf !== undefined) return anyOf.some(takesAnyText);
  return type === 'string' && pattern === undefined && others.enum === undefined;
}

/** What is told of a key stays outside, where an editor looks for it. */
function choice({ description, default: value, ...schema }: JsonSchema): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    ...(value === undefined ? {} : { default: value }),
    anyOf: [schema, variableText()],
  };
}

/** For a type: as a text of its own kind, so that no other text passes for a number. */
export const orVariableType: OrVariable = (schema) => {
  if (schema.type === 'string' && schema.enum === undefined) return schema;
  if (takesAnyText(schema) || isAnything(schema)) return schema;
  const { anyOf, description, ...others } = schema;
  const variable = { tsType: 'Variable' };
  if (anyOf !== undefined) return { ...schema, anyOf: [...anyOf, variable] };
  return { ...(description === undefined ? {} : { description }), anyOf: [others, variable] };
};

const isAnything = ({ type, anyOf, ...others }: JsonSchema) =>
  type === undefined && anyOf === undefined && others.enum === undefined && others.const === undefined;

/** How a reader of the schema wants what the framework or CloudFormation may put in the place of a value. */
export interface Stand {
  /** The schema, or a variable. */
  orVariable: OrVariable;
  /** A function of CloudFormation. */
  intrinsic: (schema: JsonSchema) => JsonSchema;
  /** A number with its unit, as a text. */
  quantity: (unit: Unit) => JsonSchema;
}

/**
 * What a user may write, as plain JSON Schema: defaults can be left out, and variables and functions can stand for
 * values.
 */
export function inputSchema(schema: TSchema, stand: Stand): JsonSchema {
  if (isIntrinsic(schema)) return stand.intrinsic(keywordsOf(schema));
  return stand.orVariable(withShortForms(schema, inputMap(schema, stand), stand), describeAllowed(schema));
}

/** With what the plugin reads as such a value: a number with its unit, or one part of a map alone. */
function withShortForms(schema: TSchema, plain: JsonSchema, stand: Stand): JsonSchema {
  const { unit, short, properties } = schema as {
    unit?: Unit;
    short?: string;
    properties?: Record<string, TSchema>;
  };
  const part = short === undefined ? undefined : properties?.[short];
  if (part !== undefined)
    return withBranch(plain, { ...withShortForms(part, inputMap(part, stand), stand), default: undefined });
  if (unit === undefined) return plain;
  const quantity = stand.quantity(unit);
  const isText = quantity.pattern !== undefined && plain.anyOf === undefined;
  return isText ? withText(plain, quantity.pattern as string) : withBranch(plain, quantity);
}

function withBranch(
  { description, markdownDescription, default: value, ...plain }: JsonSchema,
  other: JsonSchema,
): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    ...(markdownDescription === undefined ? {} : { markdownDescription }),
    ...(value === undefined ? {} : { default: value }),
    anyOf: [plain, ...(other.anyOf ?? [other])],
  };
}

/** A map of keys, as above, without the variable that could stand for the whole. */
export function inputMap(schema: TSchema, stand: Stand): JsonSchema {
  return { ...keywordsOf(schema), ...partsOf(schema, stand) };
}

const nameOf = ({ propertyNames }: TSchema) => (propertyNames as { pattern?: string } | undefined)?.pattern;

const FUNCTION_NAMES = [nameOf(Intrinsic), nameOf(ListIntrinsic)];

function isIntrinsic(schema: TSchema): boolean {
  const name = nameOf(schema);
  return name !== undefined && FUNCTION_NAMES.includes(name);
}

/** For the plugin's own texts and checks. */
const OWN_KEYWORDS = ['title', 'otherwise', 'hints', 'names', 'default', 'description', 'unit', 'short'];

function keywordsOf(schema: TSchema): JsonSchema {
  const entries = Object.entries(schema).filter(([keyword]) => !OWN_KEYWORDS.includes(keyword));
  return { ...Object.fromEntries(entries), ...textsOf(schema), ...defaultOf(schema) };
}

/** As the words for a default have it, of a key that another one can replace. */
const REQUIRED = '**required**';

function textsOf(schema: TSchema): JsonSchema {
  if (schema.description === undefined) return {};
  const words = describeDefault(schema, false);
  const isSaid = !['none', 'as below'].includes(words);
  const otherwise = words.startsWith(REQUIRED) ? words.replace(REQUIRED, 'Required') : `Default: ${words}`;
  const description = isSaid ? `${schema.description}\n\n${otherwise}.` : schema.description;
  return { description, markdownDescription: description };
}

/** A map or list that is put in where none is given only stands for the defaults in it. */
function defaultOf({ default: value }: TSchema): JsonSchema {
  return value === undefined || typeof value === 'object' ? {} : { default: value as unknown };
}

function partsOf(schema: TSchema, stand: Stand): JsonSchema {
  const { anyOf, items, properties, patternProperties, additionalProperties } = schema as Partial<{
    anyOf: TSchema[];
    items: TSchema;
    properties: Record<string, TSchema>;
    patternProperties: Record<string, TSchema>;
    additionalProperties: TSchema | boolean;
  }>;
  return {
    ...(anyOf === undefined ? {} : { anyOf: branches(anyOf, stand) }),
    ...(items === undefined ? {} : { items: inputSchema(items, stand) }),
    ...(properties === undefined ? {} : { properties: each(properties, stand), ...requiredOf(schema) }),
    ...(patternProperties === undefined ? {} : { patternProperties: each(patternProperties, stand) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: inputSchema(additionalProperties, stand) }
      : {}),
  };
}

const each = (schemas: Record<string, TSchema>, stand: Stand) =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, inputSchema(schema, stand)]));

/**
 * The choice has room for a variable already, beside its branches. Where a function may stand it may be written as a tag,
 * `!Ref Subnet`, of which an editor sees the text alone: no text is then too odd.
 */
function branches(anyOf: readonly TSchema[], stand: Stand): JsonSchema[] {
  const takesTags = anyOf.some(isIntrinsic);
  return anyOf.map((branch) => {
    if (isIntrinsic(branch)) return stand.intrinsic(keywordsOf(branch));
    const { pattern, ...map } = inputMap(branch, stand);
    return pattern === undefined || (takesTags && map.type === 'string') ? map : { ...map, pattern };
  });
}

/** What has a default can be left out. */
function requiredOf({ properties, required }: TSchema): JsonSchema {
  const schemas = properties as Record<string, TSchema>;
  const needed = ((required ?? []) as string[]).filter((key) => schemas[key]?.default === undefined);
  return { required: needed };
}
