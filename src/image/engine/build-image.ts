import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EngineName } from '../../config/configuration';
import { IMAGE_LOADER } from '../../contract/image';
import { UserError } from '../../errors/user-error';
import { CONTAINERFILE, inExternal, NPM_SECRET } from '../bundle/context';
import {
  isThere,
  layerContainerfile,
  layerTrees,
  LayerTree,
  nodeContainerfile,
  type NodeParts,
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
  exportArguments,
  inspectArguments,
  needsPlainHttp,
  pullArguments,
  secretValues,
} from './arguments';
import type { BuildOptions as Options, Report } from './engine';
import {
  type EntryPoint,
  evenOut,
  fillEntryPointTree,
  fillWatcherTree,
  linkNode,
  stripNode,
} from './layer-context';
import { interrupted, outputOrFail, type Run, runOrFail } from './run-command';

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
    await fillWatcherTree(folder, packagedLayer(options.packageFolder), image);
    await writeEntryPoint(tool, { image, base, folder, report: options.report });
    const parts = { ...image, hasNode: image.base.kind === 'bundle' };
    const fromNode = (await exportNode(tool, { image, parts, folder, options })) ? undefined : parts;
    if (parts.hasNode) await linkNode(folder);
    const trees = await evenTrees(folder, image);
    const file = path.join(folder, CONTAINERFILE);
    await writeFile(file, layerContainerfile({ base, trees, fromNode }));
    const { architecture } = image;
    const { reference, zstd } = options;
    const build = { architecture, reference, file, context: folder, buildArgs: {}, target: undefined };
    const isLayer = { secrets: {}, isLayer: true, zstd: zstd?.build };
    await runBuild(tool, { ...build, ...isLayer }, { image, report: options.report });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Brings the parts of Node's image into the layer's context, for which not every engine has an option: if this one has not, the
 * layer takes them from that image itself, and is larger.
 */
async function exportNode(
  { name, run }: Tool,
  {
    image,
    parts,
    folder,
    options,
  }: { image: PackagedImage; parts: NodeParts; folder: string; options: Options },
): Promise<boolean> {
  const file = path.join(folder, `${CONTAINERFILE}.node`);
  const tree = path.join(folder, LayerTree.node);
  await writeFile(file, nodeContainerfile(parts));
  const wanted = { architecture: image.architecture, file, context: folder, folder: tree };
  const command = {
    program: name,
    arguments: exportArguments(name, wanted),
    variables: buildVariables(name),
  };
  const { ending } = await run(command, options.report);
  if (ending === 'interrupted') throw interrupted();
  if (ending === 'done' && (await isThere(path.join(tree, IMAGE_LOADER)))) {
    if (!parts.hasNode) await stripNode(folder);
    return true;
  }
  options.report('The parts of Node cannot be taken out of its image here: the layer has all of its bytes.');
  await rm(tree, { recursive: true, force: true });
  return false;
}

/** Gives the trees that the context has, each as it is on every machine. */
async function evenTrees(folder: string, { ownEntryPoint }: PackagedImage): Promise<string[]> {
  const trees: string[] = [];
  for (const tree of layerTrees(ownEntryPoint)) {
    if (!(await isThere(path.join(folder, tree)))) continue;
    await evenOut(path.join(folder, tree), { isOfNode: tree === LayerTree.node });
    trees.push(tree);
  }
  return trees;
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
  await fillEntryPointTree(folder, await readEntryPoint(tool, image, { base, report }));
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
