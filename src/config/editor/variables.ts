import type { JsonSchema } from './json-schema';

/** `${…}` of the framework, which is anything once it is resolved. */
const VARIABLE = '\\$\\{';

/**
 * What a file may say where the schema wants a value: the value itself, or a variable that stands for it.
 * @param allowed the schema in words
 */
export type OrVariable = (schema: JsonSchema, allowed: string) => JsonSchema;

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
  if (type === 'string') return { ...schema, pattern: `${pattern}|${VARIABLE}`, patternErrorMessage };
  if (type === undefined) return schema;
  return { ...schema, type: [type, 'string'].flat(), pattern: VARIABLE, patternErrorMessage };
};

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
