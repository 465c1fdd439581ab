import { describe, expect, it } from '@jest/globals';
import { isMap } from '../../src/shared/json';
import { DESCRIBED_KEYWORDS } from '../../src/config/schema-problems';
import { ManyWorkersSchema, SingleWorkerSchema } from '../../src/config/schema/service';

/** Keywords that describe a schema and refuse no value by themselves. */
const SILENT = ['title', 'description', 'default', 'otherwise', 'names', 'hints', 'unit', 'short'];
/** Keywords that only lead to inner schemas. Names of keys have no errors of their own: they rule out a branch of a choice. */
const INNER = ['properties', 'patternProperties', 'items', 'propertyNames'];

function keywordsOf(schema: unknown): string[] {
  if (!isMap(schema)) return [];
  const own = Object.keys(schema).filter((key) => !SILENT.includes(key));
  const inner = [schema.items, schema.additionalProperties, ...((schema.anyOf ?? []) as unknown[])];
  const named = [schema.properties, schema.patternProperties].flatMap((map) =>
    isMap(map) ? Object.values(map) : [],
  );
  return [...own, ...[...inner, ...named].flatMap(keywordsOf)];
}

const keywords = new Set([SingleWorkerSchema, ManyWorkersSchema].flatMap(keywordsOf));

describe('a keyword that the schema uses', () => {
  it.each([...keywords])('%s has words for its errors', (keyword) => {
    // A literal is always a branch of a choice, which has the words.
    expect([...DESCRIBED_KEYWORDS, ...INNER, 'const']).toContain(keyword);
  });

  it('is found inside maps, lists and choices', () => {
    expect([...keywords]).toEqual(
      expect.arrayContaining(['maxLength', 'maxProperties', 'multipleOf', 'pattern']),
    );
  });
});
