import type { Architecture } from '../../config/configuration';
import type { MadeFile } from '../context';
import { bundleHandler, type Bundled, type BundleParts } from './bundle';
import { bundleContainerfile, CONTAINERFILE, EXTERNAL_PACKAGE, inTask } from './containerfile';
import { installedVersions, missingExternal } from './externals';
import { nodeMajorOf } from './options';

/** What the image of a bundled handler is built from: the bundle, and a Containerfile of the plugin's own. */
export async function bundleContext({
  nodeImage,
  architecture,
  ...parts
}: Omit<BundleParts, 'nodeMajor'> & { nodeImage: string; architecture: Architecture }): Promise<Bundled> {
  const { bundle, serviceFolder, worker } = parts;
  const { versions, missing } = await installedVersions(bundle.external, serviceFolder);
  const bundled = await bundleHandler({ ...parts, nodeMajor: nodeMajorOf(nodeImage) });
  const problems = [...missing.map((name) => missingExternal(name, worker)), ...bundled.problems];
  if (problems.length > 0) return { ...bundled, files: [], problems };
  const hasExternals = bundle.external.length > 0;
  const text = bundleContainerfile({ nodeImage, architecture, hasExternals });
  return {
    ...bundled,
    files: [
      made(CONTAINERFILE, text),
      ...(hasExternals ? [made(EXTERNAL_PACKAGE, packageText(versions))] : []),
      ...bundled.files.map((file) => ({ ...file, path: inTask(file.path) })),
    ],
  };
}

function packageText(dependencies: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ private: true, dependencies }, undefined, 2)}\n`;
}

const made = (path: string, text: string): MadeFile => ({ path, content: Buffer.from(text) });
