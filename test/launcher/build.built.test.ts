import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../helpers/framework';
import { describeWithLauncher } from '../helpers/ways-to-start';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const SCRIPT = pathToFileURL(path.join(ROOT, 'scripts/launcher.mjs')).href;

/** Builds as `npm run build` does; gives what it says. */
function build(target: string, { cwd = ROOT, PATH = process.env.PATH ?? '' } = {}): string {
  const code = `import { buildLaunchers } from '${SCRIPT}'; buildLaunchers(process.argv[1]);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', code, target], {
    cwd,
    env: { PATH },
    encoding: 'utf8',
  });
}

describeWithLauncher('the build of the launcher', () => {
  it('gives the same bytes wherever it is done: programs that need nothing else', () => {
    const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
    const other = path.join(folder, 'another/place');
    cpSync(path.join(ROOT, 'src/launcher'), path.join(other, 'src/launcher'), { recursive: true });
    build(first);
    build(second, { cwd: other });
    const names = readdirSync(first);
    expect(names.length).toBeGreaterThan(0);
    expect(readdirSync(second)).toEqual(names);
    for (const name of names) {
      const bytes = readFileSync(path.join(first, name));
      expect(bytes.equals(readFileSync(path.join(second, name)))).toBe(true);
      expect(statSync(path.join(first, name)).mode & 0o111).toBe(0o111);
      expect(segmentTypes(bytes)).not.toContain(PT_INTERP);
    }
  });
});

it('without a compiler, the build says so in one line for each architecture, and goes on', () => {
  const said = build(path.join(folder, 'none'), { PATH: folder }).trim().split('\n').sort();
  expect(said).toHaveLength(2);
  for (const line of said) expect(line).toMatch(/^no .*gcc: the launcher for (x86_64|arm64) is left out$/);
  expect(readdirSync(path.join(folder, 'none'))).toEqual([]);
});

/** Names the program that loads shared libraries; a static program has none. */
const PT_INTERP = 3;

/** Of a 64-bit ELF file: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html */
function segmentTypes(elf: Buffer): number[] {
  const begin = Number(elf.readBigUInt64LE(32));
  const bytes = elf.readUInt16LE(54);
  return Array.from({ length: elf.readUInt16LE(56) }, (_, index) => elf.readUInt32LE(begin + index * bytes));
}
