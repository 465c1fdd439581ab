import type { BuildOptions } from 'esbuild';
import path from 'node:path';
import type { HandlerBundle } from '../../config/configuration';
import type { ModuleFormat, Source } from './source';

/** What a bundle is made of, and for. */
export interface BundleInput {
  bundle: HandlerBundle;
  source: Source;
  /** Without links in its path: it would be in the names of the sources. */
  serviceFolder: string;
  /** Where the bundle stands, or would stand: its map names the sources from there. */
  outputFolder: string;
  nodeMajor: number;
}

/** What an error in the line that asks for the handler's export has for a file. */
export const ENTRY_NAME = 'handler';

/** Named so that Node takes it for what it is, wherever it stands: there may be a package.json above it. */
const ENDINGS = { esm: '.mjs', cjs: '.cjs' } as const satisfies Record<ModuleFormat, string>;

export const bundleFile = ({ bundle, source }: Pick<BundleInput, 'bundle' | 'source'>): string =>
  bundle.source + ENDINGS[source.format];

/**
 * What an ES module lacks of what CommonJS modules in its bundle expect. The first is renamed by esbuild in whatever has
 * one of its own; the others are put in only where a module has none.
 */
const COMMON_JS = {
  banner: {
    js: [
      "import { createRequire as watchbotCreateRequire } from 'node:module';",
      'const require = watchbotCreateRequire(import.meta.url);',
      'const watchbotFilename = import.meta.filename;',
      'const watchbotDirname = import.meta.dirname;',
    ].join('\n'),
  },
  define: { __filename: 'watchbotFilename', __dirname: 'watchbotDirname' },
};

/**
 * The same source gives the same bytes on every machine. The entry is a line that asks for the one export: a handler
 * that is not there is an error, and what nobody asks for is left out.
 */
export function bundleOptions(input: BundleInput): BuildOptions & { outfile: string } {
  const { bundle, source, serviceFolder, outputFolder, nodeMajor } = input;
  const [exported] = bundle.export.split('.');
  return {
    stdin: {
      contents: `export { ${JSON.stringify(exported)} } from ${JSON.stringify(`./${source.file}`)};`,
      resolveDir: serviceFolder,
      sourcefile: ENTRY_NAME,
      loader: 'js',
    },
    absWorkingDir: serviceFolder,
    outfile: path.join(outputFolder, bundleFile(input)),
    bundle: true,
    platform: 'node',
    format: source.format,
    target: `node${nodeMajor}`,
    external: [...bundle.external],
    minify: bundle.minify,
    // Errors and decorators go by the names of classes.
    keepNames: bundle.minify,
    charset: 'utf8',
    sourcemap: 'linked',
    sourcesContent: true,
    logLevel: 'silent',
    write: false,
    // Nothing is written by esbuild itself.
    allowOverwrite: true,
    ...(source.format === 'esm' ? COMMON_JS : {}),
  };
}

const DEFAULT_NODE_MAJOR = 24;

/** The major version of Node that the tag of an image tells of: that of the default where it is another kind of tag. */
export function nodeMajorOf(nodeImage: string): number {
  const [, major] = /:v?(\d+)(?:[.-][^/]*)?(?:@[^/]*)?$/.exec(nodeImage) ?? [];
  return major === undefined ? DEFAULT_NODE_MAJOR : Number(major);
}
