// Builds what is published: the plugin by tsc, what runs in the container and parts of large packages by esbuild, the
// launcher of workers by a C compiler; then what is told of all that: types, the schema for editors, licences.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bundleLayer, bundleVendor } from './bundles.mjs';
import { keepReachable } from './declarations.mjs';
import { buildLaunchers } from './launcher.mjs';
import { licensesOf } from './licenses.mjs';
import { declarations } from './types.mjs';

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
tsc('tsconfig.build.json');
tsc('tsconfig.types.json');
keepReachable('dist', 'progress/index.d.ts');
// Of what was compiled just now.
const { typeSchemas } = require('../dist/config/editor/type-schema.js');
const { editorSchema } = require('../dist/config/editor/editor-schema.js');
writeFileSync('dist/index.d.ts', await declarations(typeSchemas()));
writeFileSync('schema.json', `${JSON.stringify(editorSchema(), null, 1)}\n`);

const bundles = [
  await bundleLayer({ outdir: 'dist/layer', version }),
  // In the place of what tsc made of these files.
  await bundleVendor({ outdir: 'dist/vendor' }),
].map(({ metafile }) => metafile);
writeFileSync('dist/bundled.json', JSON.stringify(bundles));
writeFileSync('THIRD-PARTY-LICENSES', licensesOf(bundles));

const script = 'watchbot-progress.sh';
copyFileSync(`src/progress/${script}`, `dist/layer/${script}`);
// Whatever the checkout made of it.
chmodSync(`dist/layer/${script}`, 0o755);

buildLaunchers('dist/layer');

function tsc(project) {
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', project], {
    stdio: 'inherit',
  });
}
