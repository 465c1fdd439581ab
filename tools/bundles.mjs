// What is bundled by esbuild, with the parts of other packages that are used in it, and what is not.
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import { correctEmulator } from './emulator-corrections.mjs';
import { loadTypeScript } from './load-typescript.mjs';

/** The image carries a newer Node; the plugin, and `sls watchbot local`, run on the developer's own, from this one on. */
const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'inline',
  logLevel: 'warning',
  metafile: true,
};

/** What runs in the container: one file each. Readable, with a map, so that a stack trace of a task leads to a source. */
export function bundleLayer({ outdir, version }) {
  return build({
    ...COMMON,
    entryPoints: {
      watcher: 'src/watcher/main.ts',
      health: 'src/watcher/health/main.ts',
      runtime: 'src/runtime/main.ts',
      progress: 'src/features/progress/main.ts',
    },
    outdir,
    format: 'cjs',
    define: { WATCHBOT_VERSION: JSON.stringify(version) },
    sourcemap: true,
    // Sources are on the plugin's own site: the map need not carry the SDK a second time.
    sourcesContent: false,
  });
}

/**
 * What the commands use of large packages: a file each, loaded where it is used, and chunks that they share. The modules
 * are ECMAScript's, since only these can be split. Names stay, for stack traces.
 */
export function bundleVendor({ outdir }) {
  const names = readdirSync('src/vendor').map((file) => file.replace(/\.mts$/, ''));
  return build({
    ...COMMON,
    entryPoints: Object.fromEntries(names.map((name) => [name, `src/vendor/${name}.mts`])),
    outdir,
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    plugins: [correctEmulator],
    chunkNames: 'chunks/[name]-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    // For the modules of CommonJS among them.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
}

/**
 * The section's schema as code, in the place of the module that compiles it in the sources: a command that reads a
 * configuration then loads neither the validator nor the schema, which took longer than all else that the plugin does.
 */
export async function bundleSchema({ outdir }) {
  const { ajv, SHARED_KEYS, WORKER_KEYS } = await loadTypeScript(SCHEMA);
  const contents = `
${standaloneCode.default(ajv, { validateSingleWorker: 'single', validateManyWorkers: 'many' })}
exports.SHARED_KEYS = ${JSON.stringify(SHARED_KEYS)};
exports.WORKER_KEYS = ${JSON.stringify(WORKER_KEYS)};
`;
  return build({
    ...COMMON,
    stdin: { contents, resolveDir: '.', sourcefile: SCHEMA },
    outfile: `${outdir}/compiled.js`,
    format: 'cjs',
    minify: true,
  });
}

const SCHEMA = 'src/config/schema/compiled.ts';

/** The modules of `src/` that these load, themselves included; nothing of what is bundled. */
export async function modulesFrom(entryPoints) {
  const { metafile } = await build({
    ...COMMON,
    entryPoints,
    // They are only looked for.
    outdir: 'dist',
    write: false,
    packages: 'external',
    external: ['*.mjs', '*/schema/compiled'],
  });
  return Object.keys(metafile.inputs);
}
