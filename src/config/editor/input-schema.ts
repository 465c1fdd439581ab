import type { TSchema } from '@sinclair/typebox';
import { describeAllowed, describeDefault } from '../reference-words';
import { Intrinsic, ListIntrinsic } from '../schema/values';
import type { JsonSchema } from './json-schema';
import type { OrVariable } from './variables';

/** How a reader of the schema wants what the framework or CloudFormation may put in the place of a value. */
export interface Stand {
  /** The schema, or a variable. */
  orVariable: OrVariable;
  /** A function of CloudFormation. */
  intrinsic: (schema: JsonSchema) => JsonSchema;
}

/**
 * What a user may write, as plain JSON Schema: defaults can be left out, and variables and functions can stand for
 * values.
 */
export function inputSchema(schema: TSchema, stand: Stand): JsonSchema {
  if (isIntrinsic(schema)) return stand.intrinsic(keywordsOf(schema));
  return stand.orVariable(inputMap(schema, stand), describeAllowed(schema));
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
const OWN_KEYWORDS = ['title', 'otherwise', 'hints', 'names', 'default', 'description'];

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
