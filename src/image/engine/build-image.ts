import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineName } from '../../config/configuration';
import {
  ENTRY_POINT_FILE,
  IMAGE_NODE,
  LAUNCHER_FILE,
  launcherFileOf,
  PROGRESS_SCRIPT_FILE,
} from '../../contract/image';
import { CONTAINERFILE, inExternal, NPM_SECRET } from '../bundle/containerfile';
import { layerContainerfile, layerFileNames, LINKS_FOLDER, NODE_PROGRAM } from '../containerfile';
import { isThere, LAYER_FILES } from '../layer';
import { withLinks } from '../links';
import { packagedContext, packagedLayer } from '../package-paths';
import type { ImageBase, PackagedImage } from '../packaged-images';
import {
  buildArguments,
  buildVariables,
  needsPlainHttp,
  pullArguments,
  secretValues,
  type Build,
} from './arguments';
import type { BuildOptions as Options, Report } from './engine';
import { readEntryPoint } from './entry-point';
import type { Run } from './run-command';
import { runOrFail } from './run-or-fail';

interface Tool {
  name: EngineName;
  run: Run;
}

/** Builds what the plugin's layer is put over, where it is not there, and that layer. */
export async function buildImage(tool: Tool, image: PackagedImage, options: Options): Promise<void> {
  await pullFromThisMachine(tool, image, options);
  const base = await baseOf(tool, image, options);
  const folder = await mkdtemp(path.join(tmpdir(), 'watchbot-layer-'));
  try {
    const names = await copyLayer(image, packagedLayer(options.packageFolder), folder);
    await writeEntryPoint(tool, { image, base, folder, report: options.report });
    const file = path.join(folder, CONTAINERFILE);
    const { nodeImage, architecture } = image;
    const hasNode = image.base.kind === 'bundle';
    if (hasNode) await linkNode(folder);
    const files = layerFileNames(names, image.ownEntryPoint);
    await writeFile(file, layerContainerfile({ base, hasNode, nodeImage, architecture, files }));
    const { reference } = options;
    const build = { architecture, reference, file, context: folder, buildArgs: {}, target: undefined };
    await runBuild(tool, { ...build, secrets: {}, isLayer: true }, { image, report: options.report });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * What the service itself names in a registry of this machine, each by itself, so that builds verify all that they pull.
 * What a Dockerfile of the user's names is the user's to say, in the engine's own settings.
 */
async function pullFromThisMachine(
  { name, run }: Tool,
  image: PackagedImage,
  { report }: Options,
): Promise<void> {
  const references = [image.nodeImage, ...(image.base.kind === 'uri' ? [image.base.uri] : [])];
  for (const reference of references.filter((each) => needsPlainHttp(name, each))) {
    const command = { program: name, arguments: pullArguments(name, reference, image.architecture) };
    await runOrFail(run, command, { failure: failureOf(image), report });
  }
}

/** The image that the layer is put over, by name. */
async function baseOf(tool: Tool, image: PackagedImage, options: Options): Promise<string> {
  if (image.base.kind === 'uri') return image.base.uri;
  const reference = `localhost/watchbot-base/${image.worker.toLowerCase()}:${image.tag}`;
  const build = baseBuild(image, image.base, { packageFolder: options.packageFolder, reference });
  await withNpmSettings(image, options, (secrets, hidden) =>
    withLinks(options.packageFolder, image.worker, () =>
      runBuild(tool, { ...build, secrets }, { image, report: options.report, hidden }),
    ),
  );
  return reference;
}

/** Hands a build the user's settings of npm, in a file of its own that is gone after it. */
async function withNpmSettings(
  { base, worker }: PackagedImage,
  { packageFolder, npmSettings }: Options,
  build: (secrets: Build['secrets'], hidden: readonly string[]) => Promise<void>,
): Promise<void> {
  const lockFile = path.join(packagedContext(packageFolder, worker), inExternal('package-lock.json'));
  const settings = base.kind === 'bundle' && (await isThere(lockFile)) ? await npmSettings() : undefined;
  if (settings === undefined) return build({}, []);
  const folder = await mkdtemp(path.join(tmpdir(), 'watchbot-npm-'));
  try {
    const file = path.join(folder, 'npmrc');
    await writeFile(file, settings.text, { mode: 0o600 });
    await build({ [NPM_SECRET]: file }, settings.secrets);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function baseBuild(
  { worker, architecture }: PackagedImage,
  base: Exclude<ImageBase, { kind: 'uri' }>,
  { packageFolder, reference }: { packageFolder: string; reference: string },
): Omit<Build, 'secrets'> {
  const context = packagedContext(packageFolder, worker);
  const { dockerfile, buildArgs, target } =
    base.kind === 'bundle' ? { dockerfile: CONTAINERFILE, buildArgs: {}, target: undefined } : base;
  const file = path.join(context, dockerfile);
  return { architecture, reference, file, context, buildArgs, target, isLayer: false };
}

/** Asks the engine what the image would have started, before the layer replaces it. */
async function writeEntryPoint(
  tool: Tool,
  { image, base, folder, report }: { image: PackagedImage; base: string; folder: string; report: Report },
): Promise<void> {
  if (image.ownEntryPoint === undefined) return;
  const entryPoint = await readEntryPoint(tool, image, { base, report });
  await writeFile(path.join(folder, ENTRY_POINT_FILE), `${JSON.stringify(entryPoint)}\n`);
  await chmod(path.join(folder, ENTRY_POINT_FILE), 0o644);
}

async function linkNode(folder: string): Promise<void> {
  const link = path.join(folder, LINKS_FOLDER, path.basename(IMAGE_NODE));
  await mkdir(path.dirname(link), { mode: 0o755 });
  await symlink(NODE_PROGRAM, link);
}

function runBuild(
  { name, run }: Tool,
  build: Build,
  { image, report, hidden = [] }: { image: PackagedImage; report: Report; hidden?: readonly string[] },
): Promise<void> {
  const command = {
    program: name,
    arguments: buildArguments(name, build),
    variables: buildVariables(name),
    hidden: [...secretValues(build), ...hidden],
  };
  return runOrFail(run, command, { failure: failureOf(image), report });
}

const failureOf = ({ worker }: PackagedImage) => ({
  code: 'WATCHBOT_BUILD' as const,
  place: `the image of worker ${worker}`,
  advice: 'the stack was not changed; the command above can be run by hand while the package is there',
});

/**
 * The files of the layer as every user of the image may read them: a COPY keeps modes, and who installed the plugin may
 * have kept its files to themselves. Gives their names: there may be no launcher.
 */
async function copyLayer({ architecture }: PackagedImage, layer: string, folder: string): Promise<string[]> {
  for (const file of LAYER_FILES) {
    await copyFile(path.join(layer, file), path.join(folder, file));
    await chmod(path.join(folder, file), file === PROGRESS_SCRIPT_FILE ? 0o755 : 0o644);
  }
  const launcher = path.join(layer, launcherFileOf(architecture));
  if (!(await isThere(launcher))) return [...LAYER_FILES];
  await copyFile(launcher, path.join(folder, LAUNCHER_FILE));
  await chmod(path.join(folder, LAUNCHER_FILE), 0o755);
  return [...LAYER_FILES, LAUNCHER_FILE];
}
