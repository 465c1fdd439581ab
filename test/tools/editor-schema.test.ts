import { describe, expect, it } from '@jest/globals';
import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { editorSchema } from '../../tools/schema/editor-schema';
import { isMap } from '../../src/shared/json';
import { validateSection } from '../../src/config/validate';
import { CORPUS_NAMES } from '../helpers/corpus';
import { ROOT, SERVICES } from '../helpers/framework';
import { parseYaml } from '../helpers/yaml';
import { fc } from '../helpers/seeded';

/** Of the draft that editors know; strict, but for the keyword of one language server. */
const ajv = new Ajv({ strictSchema: true, strictRequired: false, allowUnionTypes: true });
ajv.addVocabulary(['markdownDescription', 'patternErrorMessage']);
const isRight = ajv.compile(editorSchema());

const services = new Map(
  CORPUS_NAMES.map((name) => {
    const text = readFileSync(path.join(SERVICES, name, 'serverless.yml'), 'utf8');
    return [name, parseYaml(text)];
  }),
);

describe('the schema for editors', () => {
  it('is what the package has', () => {
    expect(JSON.parse(readFileSync(path.join(ROOT, 'schema.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(editorSchema())),
    );
  });

  it.each(CORPUS_NAMES)('takes %s', (name) => {
    isRight(services.get(name));
    expect(isRight.errors ?? []).toEqual([]);
  });

  it('leaves what is not the section to the framework', () => {
    expect(isRight({ service: 5, any: ['thing'], watchbot: { command: 'x' } })).toBe(true);
  });

  it.each([
    ['an unknown key', { command: 'x', comand: 'y' }],
    ['a wrong type', { command: 'x', concurrency: 'two' }],
    ['a number out of range', { command: 'x', scaling: { latency: 5 } }],
    ['a value that is not one of those allowed', { command: 'x', architecture: 'arm' }],
    ['neither command nor handler', { concurrency: 2 }],
    ['a worker without either', { workers: { a: { concurrency: 2 } } }],
    ["a worker's key beside workers", { command: 'x', workers: { a: { command: 'x' } } }],
    ['a source of two kinds', { command: 'x', events: [{ sns: 'arn', schedule: 'rate(5 minutes)' }] }],
    ['a map that is no function', { command: 'x', cluster: { Reference: 'Cluster' } }],
  ])('refuses %s', (_what, watchbot) => {
    expect(isRight({ watchbot })).toBe(false);
  });
});

/** Sections that are right as they stand, without variables: the plugin sees none either. */
const sections = [...services.values()]
  .map(({ watchbot }) => watchbot)
  .filter((section) => isMap(section) && !JSON.stringify(section).includes('${'));

/** Every place in a value. */
function placesIn(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [place, ...entries.flatMap(([key, entry]) => placesIn(entry, [...place, key]))];
}

function put(section: unknown, place: readonly string[], value: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  const copy = (Array.isArray(section) ? [...(section as unknown[])] : { ...(section as object) }) as Record<
    string,
    unknown
  >;
  copy[key] = put(copy[key], rest, value);
  return copy;
}

describe('a section with something else in one place', () => {
  // No text: a text may be what an editor sees of a tag, which is let through.
  const junk = fc.oneof(
    fc.boolean(),
    fc.integer({ min: -5, max: 100_000 }),
    fc.constantFrom<unknown>(
      [],
      {},
      [5],
      [true],
      { unknown: 1 },
      { Ref: 'Other' },
      { 'Fn::GetAtt': ['a', 'b'] },
    ),
  );
  const changed = fc
    .constantFrom(...sections)
    .chain((section) => fc.tuple(fc.constant(section), fc.constantFrom(...placesIn(section)), junk))
    .map(([section, place, value]) => put(section, place, value));
  /** What the editor says in addition: the first of the plugin's rules. */
  const lacksWork = (section: unknown) =>
    (isMap(section) && 'workers' in section ? Object.values(section.workers as object) : [section]).some(
      (worker) => !isMap(worker) || !('command' in worker || 'handler' in worker),
    );

  it('is refused by the schema for editors where the plugin refuses it, and only there', () => {
    fc.assert(
      fc.property(changed, (section) => {
        const isTaken = validateSection(section, 'watchbot').problems.length === 0 && !lacksWork(section);
        expect({ section, isTaken: isRight({ watchbot: section }) }).toEqual({ section, isTaken });
      }),
      { numRuns: 2_000 },
    );
  });
});
