import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../helpers/framework';
import { DIFFERENCES, expected, HANDLER_TABLE, type Row } from '../helpers/handler-table';
import { RUNTIME_BUNDLE } from '../helpers/runtime-clients';
import { converseAll, type Seen } from '../helpers/runtime-conversation';

describe('the plugin’s own runtime', () => {
  let seen: ReadonlyMap<Row, Seen>;
  beforeAll(async () => {
    const command = [process.execPath, '--enable-source-maps', RUNTIME_BUNDLE];
    seen = await converseAll(HANDLER_TABLE, (row) => ({ command, expected: expected(row, 'own').then }));
  });

  it.each(HANDLER_TABLE)('answers for $handler', (row) => {
    expect(seen.get(row)).toEqual(expected(row, 'own'));
  });
});

describe('docs/handlers.md', () => {
  const page = readFileSync(path.join(ROOT, 'docs/handlers.md'), 'utf8');

  it.each(Object.values(DIFFERENCES))('tells that AWS’s clients differ where a handler %s', (words) => {
    expect(page).toMatch(new RegExp(`^\\| ${words.replace(/[.`]/g, '\\$&')} +\\|`, 'm'));
  });

  it('and each of these is seen in the table', () => {
    const used = HANDLER_TABLE.flatMap(({ on22, on24 }) => [on22?.because, on24?.because]);
    expect([...new Set(used)].filter(Boolean).sort()).toEqual(Object.keys(DIFFERENCES).sort());
  });
});
