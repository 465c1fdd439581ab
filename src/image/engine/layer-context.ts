import { chmod, copyFile, lutimes, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  COMMANDS_FOLDER,
  ENTRY_POINT_FILE,
  IMAGE_FOLDER,
  IMAGE_NODE,
  LAUNCHER_FILE,
  launcherFileOf,
  PROGRESS_SCRIPT_FILE,
} from '../../contract/image';
import { PROGRESS_COMMAND } from '../../contract/progress';
import { isThere, LAYER_FILES, LayerTree, NODE_PROGRAM } from '../layer';
import type { PackagedImage } from '../package-folder';
import { stripProgram } from './strip';

/** What an image starts, with the names of `ENTRY_POINT_FILE`. */
export interface EntryPoint {
  entryPoint: readonly string[];
  command: readonly string[];
}

const PROGRAM_MODE = 0o755;
const FILE_MODE = 0o644;

const inTree = (folder: string, tree: string, place: string) => path.join(folder, tree, place);

/**
 * Fills the tree of the plugin's own files, with modes that let every user of the image read them: COPY keeps modes, and where
 * the plugin is installed only the owner of its files may be allowed to read them.
 */
export async function fillWatcherTree(
  folder: string,
  layer: string,
  { architecture }: PackagedImage,
): Promise<void> {
  const target = inTree(folder, LayerTree.watcher, IMAGE_FOLDER);
  const commands = path.join(target, COMMANDS_FOLDER);
  await mkdir(commands, { recursive: true });
  const put = async (name: string, file: string, mode: number) => {
    await copyFile(path.join(layer, name), file);
    await chmod(file, mode);
  };
  for (const file of LAYER_FILES) {
    const mode = file === PROGRESS_SCRIPT_FILE ? PROGRAM_MODE : FILE_MODE;
    await put(file, path.join(target, file), mode);
  }
  const launcher = launcherFileOf(architecture);
  const hasLauncher = await isThere(path.join(layer, launcher));
  if (hasLauncher) await put(launcher, path.join(target, LAUNCHER_FILE), PROGRAM_MODE);
  // The launcher under another name: so the command needs no shell.
  const command = hasLauncher ? launcher : PROGRESS_SCRIPT_FILE;
  await put(command, path.join(commands, PROGRESS_COMMAND), PROGRAM_MODE);
}

/** Fills the tree of what the image itself would have started, which differs from image to image. */
export async function fillEntryPointTree(folder: string, entryPoint: EntryPoint): Promise<void> {
  const file = path.join(inTree(folder, LayerTree.entryPoint, IMAGE_FOLDER), ENTRY_POINT_FILE);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(entryPoint)}\n`);
  await chmod(file, FILE_MODE);
}

/** In the image of Node there is no second Node, but a link to the first. COPY does not follow a link in a folder. */
export async function linkNode(folder: string): Promise<void> {
  const link = inTree(folder, LayerTree.node, IMAGE_NODE);
  await mkdir(path.dirname(link), { recursive: true });
  await symlink(NODE_PROGRAM, link);
}

/** Takes from Node, once it is out of its image, what only debuggers and linkers read: a seventh of its bytes. */
export async function stripNode(folder: string): Promise<void> {
  await stripProgram(inTree(folder, LayerTree.node, IMAGE_NODE));
}

/**
 * Gives all of a tree the same times, its folders the same mode, and what came out of the image of Node the mode of a
 * program: then the layer has the same bytes, and the same digest, whenever and wherever it is made, and whatever it is put
 * over. COPY keeps times, and gives a folder that the image has, such as `/opt`, those and the mode of the tree's.
 */
export async function evenOut(tree: string, { isOfNode = false } = {}): Promise<void> {
  for (const entry of await readdir(tree, { withFileTypes: true })) {
    const place = path.join(tree, entry.name);
    if (entry.isDirectory()) await evenOut(place, { isOfNode });
    if (entry.isDirectory() || (isOfNode && entry.isFile())) await chmod(place, PROGRAM_MODE);
    await lutimes(place, 0, 0);
  }
}
