// Builds what is published: the plugin by tsc, what runs in the container by esbuild, as one file each, and the
// launcher of workers by a C compiler.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buildLaunchers } from './launcher.mjs';

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});

await build({
  entryPoints: {
    watcher: 'src/watcher/main.ts',
    health: 'src/watcher/health/main.ts',
    runtime: 'src/runtime/main.ts',
    progress: 'src/progress/main.ts',
  },
  outdir: 'dist/layer',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // The image carries a newer Node; `sls watchbot local` runs the same file on the developer's own, from this one on.
  target: 'node20.19',
  define: { WATCHBOT_VERSION: JSON.stringify(version) },
  minify: false,
  sourcemap: true,
  // Sources are on the plugin's own site: the map need not carry the SDK a second time.
  sourcesContent: false,
  legalComments: 'inline',
  logLevel: 'warning',
});

const script = 'watchbot-progress.sh';
copyFileSync(`src/progress/${script}`, `dist/layer/${script}`);
// Whatever the checkout made of it.
chmodSync(`dist/layer/${script}`, 0o755);

buildLaunchers('dist/layer');
