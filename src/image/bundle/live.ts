import type { BuildResult, Plugin } from 'esbuild';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import type { MadeFile } from '../context';
import { bundledOf, bundleInput, bundleOptions, type HandlerSource, isBuildFailure, ownerOf } from './bundle';
import { bundleProblem } from './problems';

/** A bundle on disk that follows its sources. */
interface LiveBundle {
  /** From now on it is bundled again when one of them changes. */
  watch(): Promise<void>;
  stop(): Promise<void>;
}

interface Listener {
  /** The files have changed. Not called for the first bundle. */
  onChange: () => void;
  /** Bundling has failed: the files are still the previous ones. */
  onProblems: (problems: readonly Problem[]) => void;
}

/**
 * Bundles a handler into a folder.
 * @throws {UserError} `WATCHBOT_BUNDLE` if that fails the first time
 */
export async function openLiveBundle(
  handler: HandlerSource & { outputFolder: string },
  listener: Listener,
): Promise<LiveBundle> {
  const input = await bundleInput(handler, handler.outputFolder);
  if ('problem' in input) throw UserError.of(input.problem);
  const { context } = await import('esbuild');
  const live = await context({
    ...bundleOptions(input),
    plugins: [afterEach(settler(handler, listener))],
  });
  try {
    await live.rebuild();
  } catch (error) {
    await live.dispose();
    if (!isBuildFailure(error)) throw error;
    throw UserError.ofMany('WATCHBOT_BUNDLE', 'A handler cannot be bundled:', problemsOf(error, handler));
  }
  return { watch: () => live.watch(), stop: () => live.dispose() };
}

function afterEach(run: (result: BuildResult) => Promise<void>): Plugin {
  return {
    name: 'watchbot',
    setup: (build) => {
      build.onEnd(run);
    },
  };
}

/** What is done after each build. Remembers what was written last. */
function settler(
  handler: HandlerSource & { outputFolder: string },
  { onChange, onProblems }: Listener,
): (result: BuildResult) => Promise<void> {
  let before: readonly MadeFile[] | undefined;
  return async (result) => {
    const isFirst = before === undefined;
    if (result.errors.length > 0) {
      // `openLiveBundle` throws the first failure.
      if (!isFirst) onProblems(problemsOf(result, handler));
      return;
    }
    const { files } = bundledOf(result, handler);
    if (before !== undefined && isSame(before, files)) return;
    await writeBelow(handler.outputFolder, files);
    before = files;
    if (!isFirst) onChange();
  };
}

async function writeBelow(folder: string, files: readonly MadeFile[]): Promise<void> {
  for (const { path: name, content } of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

const problemsOf = ({ errors }: Pick<BuildResult, 'errors'>, handler: HandlerSource): Problem[] =>
  errors.map((message) => bundleProblem(message, ownerOf(handler)));

const isSame = (some: readonly MadeFile[], others: readonly MadeFile[]): boolean =>
  some.length === others.length &&
  some.every(({ content }, index) => Buffer.compare(content, others[index]!.content) === 0);
