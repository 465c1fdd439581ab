import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SOURCES = path.join(__dirname, '../../../src');

/** Every command line to paste that a source has in a text, and not in a comment. */
export const HINTS = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('command/hints.ts'))
  .flatMap((file) =>
    readFileSync(path.join(SOURCES, file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line))
      .flatMap((line) =>
        [...line.matchAll(/(?:\\?`(?:[A-Z]+=\S+ )?|['`] {2})sls ([^`'\\…]+)\\?[`']/g)].map(
          ([, hint = '']) => [hint, file] as const,
        ),
      ),
  );
