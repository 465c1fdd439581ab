// Compiles the launcher of workers for each architecture that a compiler is there for. Without one the plugin works, too:
// the watcher then starts workers by Node.
// Usage, in the folder of the package: node src/launcher/compile.mjs FOLDER
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SOURCES = 'src/launcher';

/** Debian's names. The machine's own compiler serves its own architecture. */
const COMPILERS = { x86_64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };
const OWN = { x64: 'x86_64', arm64: 'arm64' }[process.arch];

const WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Wmissing-prototypes'];

/** The same bytes from every build: no id, no path, no symbols. Static: an image may have another libc, or none. */
const OPTIONS = ['-std=gnu11', '-D_GNU_SOURCE', '-O2', ...WARNINGS, '-static', '-s', '-Wl,--build-id=none'];

/**
 * What every compiler can make that has a libc for Linux, static too, and the kernel's headers. It takes nothing from
 * the launcher's sources: a mistake in those must not look like a compiler that cannot be used.
 */
const PROBE = '#include <linux/futex.h>\n#include <sys/signalfd.h>\nint main(void) { return 0; }\n';

/** Whoever installs need not think of what is left out: all works without. Whoever builds is told. */
const say = process.env.npm_lifecycle_event === 'prepare' ? () => undefined : console.log;

/** A launcher for which there is no compiler is left out. One that its compiler refuses fails the process. */
export function buildLaunchers(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [architecture, name] of Object.entries(COMPILERS)) {
    const names = architecture === OWN && process.platform === 'linux' ? ['gcc', 'cc', name] : [name];
    const { compiler, reason } = findCompiler(names);
    if (compiler === undefined) say(`${reason}: the launcher for ${architecture} is left out`);
    else if (!compile(compiler, path.join(folder, `launcher-${architecture}`))) return;
  }
}

/** The first that makes the probe; else what is wrong with the first that is there. */
function findCompiler(names) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-probe-'));
  const args = ['-static', '-o', 'probe', 'probe.c'];
  const reasons = [];
  try {
    writeFileSync(path.join(folder, 'probe.c'), PROBE);
    for (const name of names) {
      const result = spawnSync(name, args, { cwd: folder, encoding: 'utf8' });
      if (result.status === 0) return { compiler: name };
      if (result.error === undefined) reasons.push(`${name} makes no static program (${failureOf(result)})`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { reason: reasons[0] ?? `no ${names.join(' or ')}` };
}

function compile(compiler, file) {
  const args = [...OPTIONS, '-o', file, ...sources()];
  const result = spawnSync(compiler, args, { stdio: 'inherit' });
  if (result.status === 0) return true;
  console.error(`${compiler} does not make ${file} (${failureOf(result)})`);
  process.exitCode = 1;
  return false;
}

function failureOf({ error, signal, status, stderr }) {
  const said = stderr?.split('\n').find((line) => /error|cannot find/.test(line));
  return said ?? error?.message ?? signal ?? `exit code ${status}`;
}

/** In one order everywhere: the program is linked in it. */
function sources() {
  const names = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
  return names.sort().map((name) => path.join(SOURCES, name));
}

if (process.argv[1] === import.meta.filename) buildLaunchers(process.argv[2]);
