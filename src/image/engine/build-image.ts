import { access, chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineName } from '../../config/configuration';
import { HEALTH_FILE, LAUNCHER_FILE, launcherFileOf, WATCHER_FILE } from '../../contract/image';
import { layerContainerfile } from '../containerfile';
import { withLinks } from '../links';
import { packagedContext, packagedLayer } from '../package-paths';
import type { ImageBase, PackagedImage } from '../packaged-images';
import { buildArguments, buildVariables, secretValues, type Build } from './arguments';
import type { Report } from './engine';
import type { Run } from './run-command';
import { runOrFail } from './run-or-fail';

interface Tool {
  name: EngineName;
  run: Run;
}

interface Options {
  packageFolder: string;
  reference: string;
  report: Report;
}

const CONTAINERFILE = 'Containerfile';

/** Builds the user's Dockerfile as it is, where there is one, and the plugin's layer over it. */
export async function buildImage(tool: Tool, image: PackagedImage, options: Options): Promise<void> {
  const base = await baseOf(tool, image, options);
  const folder = await mkdtemp(path.join(tmpdir(), 'watchbot-layer-'));
  try {
    const hasLauncher = await copyLayer(image, packagedLayer(options.packageFolder), folder);
    const file = path.join(folder, CONTAINERFILE);
    const { nodeImage, architecture } = image;
    await writeFile(file, layerContainerfile({ base, nodeImage, architecture, hasLauncher }));
    const build = {
      architecture,
      reference: options.reference,
      file,
      context: folder,
      buildArgs: {},
      target: undefined,
      isLayer: true,
    };
    await runBuild(tool, build, { image, report: options.report, bases: [base, nodeImage] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The image that the layer is put over, by name. */
async function baseOf(tool: Tool, image: PackagedImage, options: Options): Promise<string> {
  if (image.base.kind === 'uri') return image.base.uri;
  const reference = `localhost/watchbot-base/${image.worker.toLowerCase()}:${image.tag}`;
  const build = userBuild(image, image.base, { packageFolder: options.packageFolder, reference });
  await withLinks(options.packageFolder, image.worker, () =>
    runBuild(tool, build, { image, report: options.report, bases: [] }),
  );
  return reference;
}

function userBuild(
  { worker, architecture }: PackagedImage,
  { dockerfile, buildArgs, target }: ImageBase & { kind: 'build' },
  { packageFolder, reference }: { packageFolder: string; reference: string },
): Build {
  const context = packagedContext(packageFolder, worker);
  const file = path.join(context, dockerfile);
  return { architecture, reference, file, context, buildArgs, target, isLayer: false };
}

function runBuild(
  { name, run }: Tool,
  build: Build,
  { image, report, bases }: { image: PackagedImage; report: Report; bases: readonly string[] },
): Promise<void> {
  const command = {
    program: name,
    arguments: buildArguments(name, build, bases),
    variables: buildVariables(name),
    hidden: secretValues(build),
  };
  const failure = {
    code: 'WATCHBOT_BUILD' as const,
    place: `the image of worker ${image.worker}`,
    advice: 'the stack was not changed; the command above can be run by hand while the package is there',
  };
  return runOrFail(run, command, { failure, report });
}

/**
 * The files of the layer as every user of the image may read them: a COPY keeps modes, and who installed the plugin may
 * have kept its files to themselves. Gives whether there is a launcher.
 */
async function copyLayer({ architecture }: PackagedImage, layer: string, folder: string): Promise<boolean> {
  for (const file of [WATCHER_FILE, HEALTH_FILE].flatMap((name) => [name, `${name}.map`])) {
    await copyFile(path.join(layer, file), path.join(folder, file));
    await chmod(path.join(folder, file), 0o644);
  }
  const launcher = path.join(layer, launcherFileOf(architecture));
  const isThere = await access(launcher).then(
    () => true,
    () => false,
  );
  if (!isThere) return false;
  await copyFile(launcher, path.join(folder, LAUNCHER_FILE));
  await chmod(path.join(folder, LAUNCHER_FILE), 0o755);
  return true;
}
