import type { BuildFailure, BuildResult } from 'esbuild';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { HandlerBundle } from '../../config/configuration';
import type { Problem } from '../../errors/problem';
import type { MadeFile } from '../context';
import { bundleOptions, type BundleInput } from './options';
import { bundleProblem, bundleWarning, placeOfHandler, type Owner } from './problems';
import { findSource, SOURCE_ENDINGS } from './source';

/** A handler in one file, and its map, by their paths below the task's root. */
export interface Bundled {
  files: readonly MadeFile[];
  warnings: readonly string[];
  /** Where there is one, there are no files. */
  problems: readonly Problem[];
}

export type BundleParts = Omit<BundleInput, 'source' | 'outputFolder'> & { worker: string };

/** Bundles a handler. Nothing is written. */
export async function bundleHandler(parts: BundleParts): Promise<Bundled> {
  const input = await bundleInput(parts);
  if ('problem' in input) return { files: [], warnings: [], problems: [input.problem] };
  // A native program, of which only those who have such a handler see anything.
  const { build } = await import('esbuild');
  const options = bundleOptions(input);
  try {
    return bundledOf(await build(options), { ...parts, outputFolder: input.outputFolder });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const problems = error.errors.map((message) => bundleProblem(message, ownerOf(parts)));
    return { files: [], warnings: [], problems };
  }
}

/** What esbuild has made, as files below the output folder. */
export function bundledOf(
  { outputFiles = [], warnings }: BuildResult,
  parts: Pick<BundleParts, 'worker' | 'bundle'> & { outputFolder: string },
): Bundled {
  const files = outputFiles.map((file) => ({
    path: path.relative(parts.outputFolder, file.path).replaceAll('\\', '/'),
    content: file.contents,
  }));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    files,
    warnings: warnings.map((message) => bundleWarning(message, ownerOf(parts))),
    problems: [],
  };
}

/** The source on disk, with what its bundle is made of. */
export async function bundleInput(
  parts: BundleParts,
  outputFolder?: string,
): Promise<BundleInput | { problem: Problem }> {
  const source = await findSource(parts.serviceFolder, parts.bundle.source);
  if (source === undefined) return { problem: noSource(ownerOf(parts), parts.bundle) };
  const serviceFolder = await realpath(parts.serviceFolder);
  return { ...parts, source, serviceFolder, outputFolder: outputFolder ?? serviceFolder };
}

export const ownerOf = ({ worker, bundle }: Pick<BundleParts, 'worker' | 'bundle'>): Owner => ({
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
