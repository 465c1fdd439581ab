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
import { UserError } from '../../errors/user-error';
import { CONTAINERFILE, inExternal, NPM_SECRET } from '../bundle/context';
import {
  isThere,
  LAYER_FILES,
  layerContainerfile,
  layerFileNames,
  LINKS_FOLDER,
  NODE_PROGRAM,
} from '../layer';
import {
  type ImageBase,
  packagedContext,
  type PackagedImage,
  packagedLayer,
  withLinks,
} from '../package-folder';
import {
  type Build,
  buildArguments,
  buildVariables,
  inspectArguments,
  needsPlainHttp,
  pullArguments,
  secretValues,
} from './arguments';
import type { BuildOptions as Options, Report } from './engine';
import { outputOrFail, type Run, runOrFail } from './run-command';

interface Tool {
  name: EngineName;
  run: Run;
}

/** Builds the image that the plugin's layer is put over, unless it exists already, and that layer. */
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
 * Pulls each image that the service itself names in a registry of this machine, so that the build can verify all that it
 * pulls. For images that a user's Dockerfile names, the user decides by the engine's own settings.
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

/** The name of the image that the layer is put over. */
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

/** Hands a build the user's settings of npm, in a file that is removed afterwards. */
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
 * Copies the files of the layer with modes that let every user of the image read them: COPY keeps modes, and where the plugin
 * is installed only the owner of its files may be allowed to read them. Gives their names: there may be no launcher.
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

/** What an image starts, with the names of `ENTRY_POINT_FILE`. */
interface EntryPoint {
  entryPoint: readonly string[];
  command: readonly string[];
}

/**
 * Asks the engine what an image would start by itself. An existing image is pulled first.
 * @throws {UserError} `WATCHBOT_IMAGE` if it would start nothing
 */
async function readEntryPoint(
  { name, run }: { name: EngineName; run: Run },
  image: PackagedImage,
  { base, report }: { base: string; report: Report },
): Promise<EntryPoint> {
  const failure = {
    code: 'WATCHBOT_BUILD' as const,
    place: `the image of worker ${image.worker}`,
    advice: 'the stack was not changed; the command above can be run by hand',
  };
  if (image.base.kind === 'uri') {
    const pull = { program: name, arguments: pullArguments(name, base, image.architecture) };
    await runOrFail(run, pull, { failure, report });
  }
  const inspect = { program: name, arguments: inspectArguments(name, base), keepsOutput: true };
  const found = entryPointIn(await outputOrFail(run, inspect, { failure }));
  if (!startsSomething(found, image)) throw startsNothing(found, image);
  return found;
}

interface Configured {
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
}

/** docker, podman and finch give a list of images. buildah gives one, with OCI's names; its `Config` is a text. */
type Inspected = { Config?: Configured; OCIv1?: { config?: Configured } };

function entryPointIn(output: string): EntryPoint {
  const parsed = JSON.parse(output) as Inspected | Inspected[];
  const image = Array.isArray(parsed) ? parsed[0] : parsed;
  const { Entrypoint, Cmd } = image?.OCIv1?.config ?? image?.Config ?? {};
  return { entryPoint: Entrypoint ?? [], command: Cmd ?? [] };
}

/** If the handler's name replaces the command, only the entry point counts: a name cannot be run. */
function startsSomething({ entryPoint, command }: EntryPoint, { ownEntryPoint }: PackagedImage): boolean {
  return entryPoint.length > 0 || (command.length > 0 && ownEntryPoint?.isCommandReplaced !== true);
}

function startsNothing({ command }: EntryPoint, { worker }: PackagedImage): UserError {
  const replaced = `no ENTRYPOINT, and the CMD ${JSON.stringify(command)}, which \`handler\` takes the place of`;
  return UserError.of({
    code: 'WATCHBOT_IMAGE',
    place: `the image of worker ${worker}`,
    given: command.length > 0 ? replaced : 'neither ENTRYPOINT nor CMD',
    allowed: 'an image that starts a client of the Lambda Runtime API',
    advice: 'give the worker an `entryPoint`, or the image an ENTRYPOINT; the stack was not changed',
  });
}
