import type { BuildFailure, BuildOptions, BuildResult } from 'esbuild';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { HandlerBundle } from '../../config/configuration';
import type { Problem } from '../../errors/problem';
import type { MadeFile } from '../context';
import { bundleProblem, bundleWarning, ENTRY_NAME, placeOfHandler, type Owner } from './problems';

/** A handler in one file, and its source map, by their paths in the task's root. */
export interface Bundled {
  files: readonly MadeFile[];
  warnings: readonly string[];
  /** If there are any, there are no files. */
  problems: readonly Problem[];
}

/** A worker's handler, and where and for what it is bundled. */
export type HandlerSource = Omit<BundleInput, 'source' | 'outputFolder'> & { worker: string };

/** Bundles a handler. Writes nothing. */
export async function bundleHandler(handler: HandlerSource): Promise<Bundled> {
  const input = await bundleInput(handler);
  if ('problem' in input) return { files: [], warnings: [], problems: [input.problem] };
  // A native program: it is loaded only for services that have such a handler.
  const { build } = await import('esbuild');
  const options = bundleOptions(input);
  try {
    return bundledOf(await build(options), { ...handler, outputFolder: input.outputFolder });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const problems = error.errors.map((message) => bundleProblem(message, ownerOf(handler)));
    return { files: [], warnings: [], problems };
  }
}

/** What esbuild has made, as files in the output folder. */
export function bundledOf(
  { outputFiles = [], warnings }: BuildResult,
  handler: Pick<HandlerSource, 'worker' | 'bundle'> & { outputFolder: string },
): Bundled {
  const files = outputFiles.map((file) => ({
    path: path.relative(handler.outputFolder, file.path).replaceAll('\\', '/'),
    content: file.contents,
  }));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    files,
    warnings: warnings.map((message) => bundleWarning(message, ownerOf(handler))),
    problems: [],
  };
}

/** Finds the source on disk. */
export async function bundleInput(
  handler: HandlerSource,
  outputFolder?: string,
): Promise<BundleInput | { problem: Problem }> {
  const source = await findSource(handler.serviceFolder, handler.bundle.source);
  if (source === undefined) return { problem: noSource(ownerOf(handler), handler.bundle) };
  const serviceFolder = await realpath(handler.serviceFolder);
  return { ...handler, source, serviceFolder, outputFolder: outputFolder ?? serviceFolder };
}

export const ownerOf = ({ worker, bundle }: Pick<HandlerSource, 'worker' | 'bundle'>): Owner => ({
  worker,
  handler: `${bundle.source}.${bundle.export}`,
});

function noSource(owner: Owner, { source }: HandlerBundle): Problem {
  return {
    code: 'WATCHBOT_BUNDLE',
    place: placeOfHandler(owner),
    given: `${owner.handler}, but there is no file ${source} with one of these endings`,
    allowed: SOURCE_ENDINGS.join(', '),
    advice: 'correct the path, which is relative to serverless.yml; a handler in an image needs `image`',
  };
}

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors);
}

/** What a bundle is made of, and for. */
interface BundleInput {
  bundle: HandlerBundle;
  source: Source;
  /** Without links in its path, since it goes into the names of the sources. */
  serviceFolder: string;
  /** Where the bundle is, or would be: its source map names the sources relative to it. */
  outputFolder: string;
  nodeMajor: number;
}

/** With these endings Node knows the format wherever the bundle is, whatever a package.json above it says. */
const ENDINGS = { esm: '.mjs', cjs: '.cjs' } as const satisfies Record<ModuleFormat, string>;

const bundleFile = ({ bundle, source }: Pick<BundleInput, 'bundle' | 'source'>): string =>
  bundle.source + ENDINGS[source.format];

/**
 * What CommonJS modules in the bundle expect, and an ES module lacks. esbuild renames `require` in modules that have one of
 * their own, and replaces the others only in modules that have none.
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
 * The same source gives the same bytes on every machine. The entry is a line that imports the one export: a missing handler
 * is an error, and unused code is left out.
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
    // Some code identifies errors and decorators by the names of their classes.
    keepNames: bundle.minify,
    charset: 'utf8',
    sourcemap: 'linked',
    sourcesContent: true,
    logLevel: 'silent',
    write: false,
    // esbuild itself writes nothing.
    allowOverwrite: true,
    ...(source.format === 'esm' ? COMMON_JS : {}),
  };
}

const DEFAULT_NODE_MAJOR = 24;

/** The major version of Node in the tag of an image; that of the default image if the tag has none. */
export function nodeMajorOf(nodeImage: string): number {
  const [, major] = /:v?(\d+)(?:[.-][^/]*)?(?:@[^/]*)?$/.exec(nodeImage) ?? [];
  return major === undefined ? DEFAULT_NODE_MAJOR : Number(major);
}

/** In this order: a source may have its compiled file beside it. */
const SOURCE_ENDINGS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'] as const;

type ModuleFormat = 'esm' | 'cjs';

/** The file of a handler, with forward slashes, relative to the service, and what kind of module it is. */
interface Source {
  file: string;
  format: ModuleFormat;
}

/** Undefined if there is no such file with any of the endings. */
async function findSource(serviceFolder: string, name: string): Promise<Source | undefined> {
  for (const ending of SOURCE_ENDINGS) {
    const file = name + ending;
    const found = await stat(path.join(serviceFolder, file)).catch(() => undefined);
    if (found?.isFile() === true) return { file, format: await formatOf(path.join(serviceFolder, file)) };
  }
  return undefined;
}

/** As Node and TypeScript decide it: by the ending, otherwise by the nearest package.json. https://nodejs.org/api/packages.html#type */
async function formatOf(file: string): Promise<ModuleFormat> {
  if (/\.m[jt]s$/.test(file)) return 'esm';
  if (/\.c[jt]s$/.test(file)) return 'cjs';
  return (await isOfModules(path.dirname(file))) ? 'esm' : 'cjs';
}

async function isOfModules(folder: string): Promise<boolean> {
  const text = await readFile(path.join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) return typeOf(text) === 'module';
  const parent = path.dirname(folder);
  return parent === folder ? false : isOfModules(parent);
}

/** A package.json that is not JSON counts as none: npm reports it. */
function typeOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}
