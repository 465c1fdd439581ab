import type { TSchema } from '@sinclair/typebox';
import { describeRange } from '../../src/config/limits';

/** What a schema takes, in words. */
export function describeAllowed(schema: TSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (typeof schema.title === 'string') return schema.title;
  if (schema.type === 'array') return listOf(schema.items as TSchema);
  if (schema.type === 'object') return mapOf(schema);
  if (schema.type === 'boolean') return '`true` or `false`';
  if (schema.type === 'integer' || schema.type === 'number') return numberWords(schema);
  return 'text';
}

function listOf(items: TSchema): string {
  return items.type === 'object' ? 'a list of maps' : `a list of: ${describeAllowed(items)}`;
}

function numberWords(schema: TSchema): string {
  const range = describeRange(schema as Parameters<typeof describeRange>[0]);
  const words = `${schema.type === 'integer' ? 'a whole number' : 'a number'}, ${range}`;
  return schema.unit === undefined ? words : `${words}, or with a unit`;
}

/** A map whose names are the user's own says what it maps them to. */
function mapOf({ patternProperties, additionalProperties }: TSchema): string {
  const patterns = Object.values((patternProperties ?? {}) as Record<string, TSchema>);
  const values = patterns[0] ?? (additionalProperties as TSchema | false | undefined);
  const isSaid = typeof values === 'object' && (values.title !== undefined || values.type === 'string');
  return isSaid ? `a map, \`NAME\` to ${describeAllowed(values)}` : 'a map';
}

/** What a key is where it is not given. `otherwise` in a schema says it for a default that depends on something. */
export function describeDefault(schema: TSchema, isRequired: boolean): string {
  const { default: value, otherwise } = schema as { default?: unknown; otherwise?: string };
  if (otherwise !== undefined) return otherwise;
  if (value === undefined) return isRequired ? '**required**' : 'none';
  if (typeof value !== 'object' || value === null) return `\`${JSON.stringify(value)}\``.replaceAll('"', '');
  // A map stands for the defaults of the keys in it.
  return Object.keys(value).length > 0 || schema.properties !== undefined ? 'as below' : 'none';
}
