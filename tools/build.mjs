// Builds what is published: the plugin by TypeScript's compiler, what runs in the container and parts of large packages
// by esbuild, the launcher of workers by a C compiler; then what is told of all that: types, the schema for editors,
// licences.
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bundleLayer, bundleVendor } from './bundles.mjs';
import { buildLaunchers } from './launcher.mjs';
import { licensesOf } from './licenses.mjs';
import { MAPS_FOLDER, putMapsAside } from './source-maps.mjs';
import { writeDeclarations, writeModules } from './transpile.mjs';
import { declarations } from './types.mjs';

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
writeModules(modules(), { sourceMap: MAPS_FOLDER !== undefined });
if (MAPS_FOLDER !== undefined) putMapsAside('dist');
writeDeclarations('src/features/progress/index.ts');
// Of what was compiled just now.
const { typeSchemas } = require('../dist/config/editor/type-schema.js');
const { editorSchema } = require('../dist/config/editor/editor-schema.js');
writeFileSync('dist/index.d.ts', await declarations(typeSchemas()));
writeFileSync('schema.json', `${JSON.stringify(editorSchema(), null, 1)}\n`);

const bundles = [
  await bundleLayer({ outdir: 'dist/layer', version }),
  await bundleVendor({ outdir: 'dist/vendor' }),
].map(({ metafile }) => metafile);
writeFileSync('dist/bundled.json', JSON.stringify(bundles));
writeFileSync('THIRD-PARTY-LICENSES', licensesOf(bundles));

const script = 'watchbot-progress.sh';
copyFileSync(`src/features/progress/${script}`, `dist/layer/${script}`);
// Whatever the checkout made of it.
chmodSync(`dist/layer/${script}`, 0o755);

// The bundles beside it are CommonJS, also in the folder of a service whose own modules are not.
writeFileSync('dist/layer/package.json', '{ "type": "commonjs" }\n');

buildLaunchers('dist/layer');

/** What is not bundled. */
function modules() {
  const bundled = /^(watcher|runtime|vendor)\/|^progress\/main\.ts$/;
  const names = readdirSync('src', { recursive: true }).filter((name) => name.endsWith('.ts'));
  return names.filter((name) => !bundled.test(name)).map((name) => `src/${name}`);
}
