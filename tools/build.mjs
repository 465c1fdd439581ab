// Builds what is published: the plugin by TypeScript's compiler, what runs in the container and parts of large packages
// by esbuild, the launcher of workers by a C compiler; then what is told of all that: types, the schema for editors,
// licences.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { bundleLayer, bundleSchema, bundleVendor, modulesFrom } from './bundles.mjs';
import { buildLaunchers } from '../src/launcher/compile.mjs';
import { licensesOf } from './licenses.mjs';
import { loadTypeScript } from './load-typescript.mjs';
import { MAPS_FOLDER, putMapsAside } from './source-maps.mjs';
import { writeDeclarations, writeModules } from './transpile.mjs';

/** The module that users' programs import. */
const PROGRESS = 'src/features/progress/index.ts';
const BUILD_NOTES = 'node_modules/.cache/build';
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
writeModules(await modulesFrom(['src/index.ts', PROGRESS]), { sourceMap: MAPS_FOLDER !== undefined });
if (MAPS_FOLDER !== undefined) putMapsAside('dist');
writeDeclarations(PROGRESS);
const { declarations } = await loadTypeScript('tools/schema/types.ts');
const { editorSchema } = await loadTypeScript('tools/schema/editor-schema.ts');
writeFileSync('dist/index.d.ts', await declarations());
writeFileSync('schema.json', `${JSON.stringify(editorSchema(), null, 1)}\n`);

const bundles = [
  await bundleLayer({ outdir: 'dist/layer', version }),
  await bundleVendor({ outdir: 'dist/vendor' }),
  await bundleSchema({ outdir: 'dist/config/schema' }),
].map(({ metafile }) => metafile);
// Which packages are in it, for a test of their licences.
mkdirSync(BUILD_NOTES, { recursive: true });
writeFileSync(`${BUILD_NOTES}/bundled.json`, JSON.stringify(bundles));
writeFileSync('THIRD-PARTY-LICENSES', licensesOf(bundles));

const script = 'watchbot-progress.sh';
copyFileSync(`src/features/progress/${script}`, `dist/layer/${script}`);
// Whatever the checkout made of it.
chmodSync(`dist/layer/${script}`, 0o755);

// The bundles beside it are CommonJS, also in the folder of a service whose own modules are not.
writeFileSync('dist/layer/package.json', '{ "type": "commonjs" }\n');

buildLaunchers('dist/layer');
