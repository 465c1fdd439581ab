// Compiles the launcher of workers for each architecture for which there is a compiler. Without one the plugin works,
// too: the watcher then starts workers by Node.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

const SOURCES = 'src/launcher';

/** Debian's names. The machine's own compiler serves its own architecture. */
const COMPILERS = { x86_64: 'x86_64-linux-gnu-gcc', arm64: 'aarch64-linux-gnu-gcc' };
const OWN = { x64: 'x86_64', arm64: 'arm64' }[process.arch];

const WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Wmissing-prototypes'];

/** The same bytes from every build: no id, no path, no symbols. Static: an image may have another libc, or none. */
const OPTIONS = ['-std=gnu11', '-D_GNU_SOURCE', '-O2', ...WARNINGS, '-static', '-s', '-Wl,--build-id=none'];

export function buildLaunchers(folder) {
  mkdirSync(folder, { recursive: true });
  for (const [architecture, name] of Object.entries(COMPILERS)) {
    const names = architecture === OWN && process.platform === 'linux' ? ['gcc', 'cc', name] : [name];
    const compiler = names.find(isThere);
    if (compiler === undefined) {
      console.log(`no ${names.join(' or ')}: the launcher for ${architecture} is left out`);
      continue;
    }
    compile(compiler, path.join(folder, `launcher-${architecture}`), architecture);
  }
}

function isThere(compiler) {
  return spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** In one order everywhere: the program is linked in it. */
function sources() {
  const names = readdirSync(SOURCES).filter((name) => name.endsWith('.c'));
  return names.sort().map((name) => path.join(SOURCES, name));
}

function compile(compiler, file, architecture) {
  const { status, stderr } = spawnSync(compiler, [...OPTIONS, '-o', file, ...sources()], {
    encoding: 'utf8',
  });
  if (status === 0) return process.stderr.write(stderr);
  const [reason = `status ${status}`] = stderr.split('\n').filter((line) => /error|cannot find/.test(line));
  console.log(`${compiler} fails: the launcher for ${architecture} is left out (${reason})`);
}
