import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as sources from '../../src/config/schema/compiled';
import { ROOT } from '../helpers/framework';
import { parseYaml } from '../helpers/yaml';

const FILE = path.join(ROOT, 'dist/config/schema/compiled.js');

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a path that is not known to the compiler
const built = require(FILE) as typeof sources;

const FOLDER = path.join(__dirname, 'wrong');
const SECTIONS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yml'))
  .map((file) => ({ file, section: parseYaml(readFileSync(path.join(FOLDER, file), 'utf8')).watchbot }));

/** As JSON: the sources' schema has symbols in it. */
function outcomeOf(validate: typeof sources.validateSingleWorker, given: unknown): object {
  const section = structuredClone(given);
  const isRight = validate(section);
  return JSON.parse(JSON.stringify({ isRight, section, errors: validate.errors })) as object;
}

describe('the schema as the build writes it', () => {
  it.each(['validateSingleWorker', 'validateManyWorkers'] as const)(
    'finds what the sources find, and fills in the same: %s',
    (name) => {
      for (const { file, section } of SECTIONS) {
        expect({ file, ...outcomeOf(built[name], section) }).toEqual({
          file,
          ...outcomeOf(sources[name], section),
        });
      }
    },
  );

  it('has the same keys', () => {
    const { SHARED_KEYS, WORKER_KEYS } = built;
    expect({ SHARED_KEYS, WORKER_KEYS }).toEqual({
      SHARED_KEYS: sources.SHARED_KEYS,
      WORKER_KEYS: sources.WORKER_KEYS,
    });
  });

  it('needs no other module', () => {
    const code = readFileSync(FILE, 'utf8');
    expect(code).not.toMatch(/[^'"]\brequire\(/);
  });
});
