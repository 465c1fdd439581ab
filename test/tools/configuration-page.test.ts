import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { GROUPS, referencePage } from '../../tools/pages/configuration';
import { REFERENCE_NAMES } from '../../src/resources/references';
import { SHARED_KEYS, WORKER_KEYS } from '../../src/config/schema/compiled';

const page = referencePage();
/** The lines of the tables: key, allowed, default, description. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `') && !line.startsWith('| `${watchbot:'))
  .map((line) => line.slice(2, -2).split(/(?<!\\) \| /));

describe('the reference of the configuration', () => {
  it('is what the schema gives now: `npm run docs` makes it', () => {
    expect(readFileSync(resolve(__dirname, '../../docs/configuration.md'), 'utf8')).toBe(page);
  });

  it('has every key, each in one place of what is shared or of a worker', () => {
    const keys = rows.map(([key]) => key?.replaceAll('`', '') ?? '');
    const end = keys.indexOf('workers') + 1;
    const parts = [keys.slice(0, end), keys.slice(end)];
    expect(parts.map((part) => part.filter((key) => !key.includes('.')).sort())).toEqual([
      ['enabled', ...SHARED_KEYS, 'extensions', 'workers'].sort(),
      [...WORKER_KEYS].sort(),
    ]);
    expect(parts.map((part) => new Set(part).size)).toEqual(parts.map(({ length }) => length));
    expect(keys).toEqual(
      expect.arrayContaining([
        'queue.fifo',
        'vpc.publicIp',
        'image.buildArgs',
        'capacity[].weight',
        'permissions[].Action',
        'secrets.NAME.ssm',
        'alarms.cpu.threshold',
        'events[].sns.filterPolicy',
        'events[].webhook.authorization.jwt.issuer',
        'placementStrategies[].field',
        'healthCheck.interval',
        'reduce.pointInTimeRecovery',
      ]),
    );
  });

  it('has every variable', () => {
    const names = [...page.matchAll(/\$\{watchbot:NAME\.(\w+)\}/g)].map(([, name]) => name);
    expect(names).toEqual([...REFERENCE_NAMES]);
  });

  it('groups every key of a worker', () => {
    expect(GROUPS.flatMap(({ keys }) => keys).sort()).toEqual([...WORKER_KEYS].sort());
  });

  it.each(rows)('says what is allowed, what the default is and what it means: %s', (...cells) => {
    expect(cells).toHaveLength(4);
    expect(cells.filter((cell) => cell === '' || /undefined|\[object/.test(cell))).toEqual([]);
    expect(cells[3]).toMatch(/\.$/);
  });
});
