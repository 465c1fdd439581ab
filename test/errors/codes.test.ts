import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { ERROR_CODES } from '../../src/errors/codes';

const src = resolve(__dirname, '../../src');

/** Codes that the sources name, but for the registry itself. */
function usedCodes(): Set<string> {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== join('errors', 'codes.ts'))
    .map((file) => readFileSync(join(src, file), 'utf8'));
  // In quotes: a comment that names a code does not use it. A prefix, which ends with an underscore, is none.
  return new Set(
    files.flatMap((text) => [...text.matchAll(/'(WATCHBOT_[A-Z_]*[A-Z])'/g)].map(([, code]) => code!)),
  );
}

it('every code of the registry is used, and every code used is in the registry', () => {
  expect([...usedCodes()].sort()).toEqual([...ERROR_CODES].sort());
});
