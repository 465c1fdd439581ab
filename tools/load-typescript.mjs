// Runs TypeScript of the build and of the tests: it is bundled with what it imports of `src/`, and loaded.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const ROOT = path.resolve(import.meta.dirname, '..');

/** @returns what the module exports */
export async function loadTypeScript(file) {
  const outfile = path.join(ROOT, 'node_modules/.cache/tools', file.replace(/\.ts$/, '.cjs'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    packages: 'external',
    outfile,
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  process.setSourceMapsEnabled(true);
  return require(outfile);
}
