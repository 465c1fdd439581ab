import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTestFolder, type TestFolder } from '../helpers/folder';
import { ROOT } from '../helpers/framework';
import { describeWithLauncher } from '../helpers/ways-to-start';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
});
afterEach(() => {
  folder.remove();
});

const SCRIPT = pathToFileURL(path.join(ROOT, 'src/launcher/compile.mjs')).href;

interface Surroundings {
  cwd?: string;
  PATH?: string;
  npm_lifecycle_event?: string;
}

/** Builds as `npm run build` does. */
function build(target: string, { cwd = ROOT, ...environment }: Surroundings = {}) {
  const code = `import { buildLaunchers } from '${SCRIPT}'; buildLaunchers(process.argv[1]);`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', code, folder.join(target)],
    { cwd, env: { PATH: process.env.PATH, ...environment }, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

const built = (target: string) => readdirSync(folder.join(target));

/** Copies only the sources to another folder. */
function copySources(name: string): string {
  cpSync(path.join(ROOT, 'src/launcher'), folder.join(name, 'src/launcher'), { recursive: true });
  return folder.join(name);
}

describeWithLauncher('the build of the launcher', () => {
  it('makes static programs with the same bytes in any folder', () => {
    build('first');
    build('second', { cwd: copySources('another/place') });
    const names = built('first');
    expect(names.length).toBeGreaterThan(0);
    expect(built('second')).toEqual(names);
    for (const name of names) {
      const bytes = readFileSync(folder.join('first', name));
      expect(bytes.equals(readFileSync(folder.join('second', name)))).toBe(true);
      expect(statSync(folder.join('first', name)).mode & 0o111).toBe(0o111);
      expect(segmentTypes(bytes)).not.toContain(PT_INTERP);
    }
  });

  // The build does not fail for a warning: other compilers may warn of other things.
  it('causes no warnings', () => {
    const { status, stderr } = build('quiet');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

/** Compilers that the build looks for on every machine, and the architecture that each compiles for. */
const COMPILERS = [
  { name: 'x86_64-linux-gnu-gcc', architecture: 'x86_64' },
  { name: 'aarch64-linux-gnu-gcc', architecture: 'arm64' },
];

/** A `PATH` with one compiler: a script that may call the machine's compiler as `$CC`. */
function onlyCompiler(name: string, script: string): string {
  mkdirSync(folder.join('bin'));
  const text = `#!/bin/sh\nexport PATH='${process.env.PATH ?? ''}'\nCC=$(command -v gcc || command -v cc)\n${script}\n`;
  writeFileSync(folder.join('bin', name), text, { mode: 0o755 });
  return folder.join('bin');
}

const launcherOf = (architecture: string) => folder.join('target', `launcher-${architecture}`);

const WORKS = 'exec "$CC" "$@"';

describeWithLauncher('the build fails', () => {
  describe.each(COMPILERS)('for $architecture', ({ name, architecture }) => {
    it.each([
      {
        what: 'a mistake',
        text: 'int broken(void) { return 1 }',
        says: /wrong\.c:\d+:\d+: error: expected .;./,
      },
      {
        what: 'a header that does not exist',
        text: '#include <no-such.h>',
        says: /no-such\.h: No such file/,
      },
      {
        what: 'a function that no object has',
        text: 'int lost(void); int (*find)(void) = lost;',
        says: /undefined reference/,
      },
    ])('with the errors of the compiler, if the sources have $what', ({ text, says }) => {
      const cwd = copySources('sources');
      writeFileSync(path.join(cwd, 'src/launcher/wrong.c'), `${text}\n`);
      const { status, stderr } = build('target', { cwd, PATH: onlyCompiler(name, WORKS) });
      expect(stderr).toMatch(says);
      expect(stderr.trim().split('\n').at(-1)).toBe(
        `${name} does not make ${launcherOf(architecture)} (exit code 1)`,
      );
      expect(stderr).not.toMatch(/^ +at /m);
      expect(status).toBe(1);
      expect(built('target')).toEqual([]);
    });

    it('if the compiler is killed', () => {
      const PATH = onlyCompiler(name, `case "$*" in *src/launcher*) kill -KILL $$ ;; esac\n${WORKS}`);
      const { status, stderr } = build('target', { PATH });
      expect(stderr).toBe(`${name} does not make ${launcherOf(architecture)} (SIGKILL)\n`);
      expect(status).toBe(1);
    });

    it('if the program cannot be written', () => {
      mkdirSync(launcherOf(architecture), { recursive: true });
      const { status, stderr } = build('target', { PATH: onlyCompiler(name, WORKS) });
      expect(stderr).toContain(`cannot open output file ${launcherOf(architecture)}`);
      expect(status).toBe(1);
    });
  });
});

describe('the build leaves a launcher out, and says so in one line,', () => {
  it('if there is no compiler', () => {
    const { status, stdout, stderr } = build('none', { PATH: folder.path });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trim().split('\n').sort();
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^no .*gcc: the launcher for (x86_64|arm64) is left out$/);
    expect(built('none')).toEqual([]);
  });

  it('but not during an install', () => {
    const result = build('none', { PATH: folder.path, npm_lifecycle_event: 'prepare' });
    expect(result).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(COMPILERS)('if $name has no libc', ({ name, architecture }) => {
    const error = 'probe.c:2:10: fatal error: sys/signalfd.h: No such file or directory';
    const script = `[ "$1" = --version ] && exit 0\necho 'In file' >&2\necho '${error}' >&2\nexit 1`;
    const { status, stdout, stderr } = build('none', { PATH: onlyCompiler(name, script) });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\n')).toContain(
      `${name} makes no static program (${error}): the launcher for ${architecture} is left out`,
    );
    expect(built('none')).toEqual([]);
  });
});

/** Type of the segment that names the dynamic loader. A static program has none. */
const PT_INTERP = 3;

/** Types of the segments of a 64-bit ELF file: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html */
function segmentTypes(elf: Buffer): number[] {
  const begin = Number(elf.readBigUInt64LE(32));
  const bytes = elf.readUInt16LE(54);
  return Array.from({ length: elf.readUInt16LE(56) }, (_, index) => elf.readUInt32LE(begin + index * bytes));
}
