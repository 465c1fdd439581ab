import type { Architecture } from '../../config/configuration';
import type { Problem } from '../../errors/problem';
import type { ContextFile, MadeFile } from '../context';
import { installationOf, type Installation } from '../externals/installation';
import type { Fault } from '../externals/lock-file';
import { bundleHandler, type Bundled, type BundleParts } from './bundle';
import { bundleContainerfile, CONTAINERFILE, inExternal, inTask } from './containerfile';
import { nodeMajorOf } from './options';

export interface BundleContext extends Omit<Bundled, 'files'> {
  files: readonly ContextFile[];
}

type Parts = Omit<BundleParts, 'nodeMajor'> & { nodeImage: string; architecture: Architecture };

/** What the image of a bundled handler is built from: the bundle, and a Containerfile of the plugin's own. */
export async function bundleContext(parts: Parts): Promise<BundleContext> {
  const { nodeImage, architecture, worker } = parts;
  const [bundled, { externals, problems: ofExternals }] = await Promise.all([
    bundleHandler({ ...parts, nodeMajor: nodeMajorOf(nodeImage) }),
    externalsOf(parts),
  ]);
  const problems = [...ofExternals, ...bundled.problems];
  if (problems.length > 0) return { ...bundled, files: [], problems };
  return {
    ...bundled,
    warnings: [...bundled.warnings, ...(externals?.warnings ?? []).map((each) => `${worker}: ${each}`)],
    files: [
      made(CONTAINERFILE, bundleContainerfile({ nodeImage, architecture, externals })),
      ...(externals?.files ?? []).map((file) => ({ ...file, path: inExternal(file.path) })),
      ...bundled.files.map((file) => ({ ...file, path: inTask(file.path) })),
    ],
  };
}

async function externalsOf({
  bundle,
  worker,
  serviceFolder,
  architecture,
}: Parts): Promise<{ externals?: Installation; problems: readonly Problem[] }> {
  if (bundle.external.length === 0) return { problems: [] };
  const found = await installationOf(bundle, { serviceFolder, architecture });
  if ('files' in found) return { externals: found, problems: [] };
  const code = 'WATCHBOT_BUNDLE';
  const problems = Object.entries(found).flatMap(([key, faults]) =>
    (faults as readonly Fault[]).map(
      (fault) => ({ code, place: `watchbot bundle.${key} of worker ${worker}`, ...fault }) as const,
    ),
  );
  return { problems };
}

const made = (path: string, text: string): MadeFile => ({ path, content: Buffer.from(text) });
