import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestFolder, type TestFolder } from './folder';
import { expectGolden, expectNoOrphans, updateMode } from './golden';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
});
afterEach(() => {
  folder.remove();
});

describe('a golden', () => {
  it('that is missing is written together with its folder, but not in CI', () => {
    const file = folder.join('deep', 'a.txt');
    expect(() => expectGolden(file, 'a\n', 'none')).toThrow(`no golden ${file}`);
    expect(existsSync(file)).toBe(false);
    expectGolden(file, 'a\n', 'new');
    expect(readFileSync(file, 'utf8')).toBe('a\n');
  });

  it('that differs fails the test, and is only rewritten with -u', () => {
    const file = folder.join('a.txt');
    writeFileSync(file, 'a\n');
    for (const mode of ['none', 'new'] as const) expect(() => expectGolden(file, 'b\n', mode)).toThrow('b');
    expect(readFileSync(file, 'utf8')).toBe('a\n');
    expectGolden(file, 'b\n', 'all');
    expect(readFileSync(file, 'utf8')).toBe('b\n');
  });

  it('that is right is not written', () => {
    const file = folder.join('a.txt');
    writeFileSync(file, 'a\n');
    utimesSync(file, 1, 1);
    for (const mode of ['none', 'new', 'all'] as const) expectGolden(file, 'a\n', mode);
    expect(statSync(file).mtimeMs).toBe(1_000);
  });

  it('knows from Jest whether it is to be written', () => {
    expect(['all', 'new', 'none']).toContain(updateMode());
  });
});

describe('a file without a use', () => {
  it('is reported by its path', () => {
    const known = folder.join('a.yml');
    writeFileSync(known, '');
    expectNoOrphans(folder.path, [known]);
    writeFileSync(folder.join('a.txt'), '');
    expect(() => {
      expectNoOrphans(folder.path, [known]);
    }).toThrow(folder.join('a.txt'));
  });
});
