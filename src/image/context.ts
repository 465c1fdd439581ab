import dockerignore from '@balena/dockerignore';
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImageBuild } from '../config/configuration';
import type { Problem } from '../errors/problem';

/** What is wrong with the settings of a build context. Nothing in it is read yet. */
export async function contextProblems(
  { worker, serviceFolder }: { worker: string; serviceFolder: string },
  image: ImageBuild,
): Promise<Problem[]> {
  const place = `watchbot image of worker ${worker}`;
  const folder = path.resolve(serviceFolder, image.path);
  if (!(await isKind(folder, 'isDirectory'))) {
    return [{ code: 'WATCHBOT_IMAGE', place, given: image.path, allowed: 'a folder below the service' }];
  }
  const file = path.resolve(folder, image.dockerfile);
  if (!(await isBelow(folder, file))) {
    const advice = 'give a folder above both as `path`';
    return [
      { code: 'WATCHBOT_IMAGE', place, given: image.dockerfile, allowed: `a file in ${image.path}`, advice },
    ];
  }
  if (await isKind(file, 'isFile')) return [];
  return [
    {
      code: 'WATCHBOT_IMAGE',
      place,
      given: `${path.join(image.path, image.dockerfile)}, which is not there`,
      allowed: 'a folder with a Dockerfile',
      advice: 'write one (two lines will do: FROM and COPY), or name another folder with `image`',
    },
  ];
}

async function isKind(file: string, kind: 'isDirectory' | 'isFile'): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found?.[kind]() ?? false;
}

/** Whether a file is in the folder, and leads to no other place by a link: only the build context goes into the package. */
async function isBelow(folder: string, file: string): Promise<boolean> {
  const isOutside = (root: string, name: string) => path.relative(root, name).split(path.sep)[0] === '..';
  const [root, target] = await Promise.all([realpath(folder), realpath(file).catch(() => undefined)]);
  return !isOutside(folder, file) && (target === undefined || !isOutside(root, target));
}

/**
 * Folders that the framework leaves out of every package, too: its own, which holds the last package, and git's, which
 * changes with each commit. Either would give the image another tag although nothing in it has changed.
 */
const NEVER_IN_CONTEXT = ['.serverless', '.git'];

/** An existing file of a build context, by its path in the context, with forward slashes. */
export interface FoundFile {
  path: string;
  absolutePath: string;
  isLink: boolean;
}

/** A file that the plugin makes. */
export interface MadeFile {
  path: string;
  content: Uint8Array;
}

export type ContextFile = FoundFile | MadeFile;

export const isMade = (file: ContextFile): file is MadeFile => 'content' in file;

/**
 * The files that a build sees, sorted by path: those in the folder that `.dockerignore` does not exclude, and always the
 * Dockerfile and the ignore file themselves. The last package is excluded if it is in the folder.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 *
 * @throws {ContextFault} if docker could not read them either
 */
export async function contextFiles(
  folder: string,
  { dockerfile }: Pick<ImageBuild, 'dockerfile'>,
  packageFolder?: string,
): Promise<FoundFile[]> {
  const ignoreFile = await ignoreFileOf(folder, dockerfile);
  const filter = dockerignore({ ignorecase: false }).add(ignoreFile?.text ?? '');
  const alwaysIn = [dockerfile, ...(ignoreFile === undefined ? [] : [ignoreFile.name])].map(slashes);
  const isIn = (file: string) => alwaysIn.includes(file) || !filter.ignores(file);
  // A negated pattern may include a file in an ignored folder.
  const mayPrune = !/^\s*!/m.test(ignoreFile?.text ?? '');
  const isPackage = (child: string) => path.join(folder, child) === packageFolder;
  const mayHold = (child: string) =>
    !isPackage(child) && (!mayPrune || isIn(child) || holdsOneOf(child, alwaysIn));
  const files = await walk(folder, '', mayHold);
  const found = files.filter((file) => isIn(file.path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of found) await checkName(file);
  return found;
}

/** An ignore file of the Dockerfile's own takes precedence over the common one. */
async function ignoreFileOf(folder: string, dockerfile: string) {
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(missing);
    if (found === undefined) continue;
    // A folder has nothing to read, and reading a pipe may never end.
    if (!found.isFile()) throw new ContextFault({ given: `${name}, which is not a file`, allowed: 'a file' });
    const text = await readFile(file, 'utf8');
    checkPatterns(name, text);
    return { name, text };
  }
  return undefined;
}

/** Line by line, to name the wrong one: the library reports a wrong pattern only when it is used, and not which one it is. */
function checkPatterns(name: string, text: string): void {
  for (const [index, line] of text.split('\n').entries()) {
    try {
      dockerignore({ ignorecase: false }).add(line).ignores('name');
    } catch {
      throw new ContextFault({
        given: `line ${index + 1} of ${name}: ${JSON.stringify(line.trim())}`,
        allowed: 'a pattern: a bracket opens a set of characters, like [abc] or [a-z], and is closed',
        advice: 'write \\[ for a bracket that is one, or remove the line',
      });
    }
  }
}

/** Node reads bytes of a name that are not UTF-8 as this character. */
const REPLACED = '\ufffd';

/** If the name was read with replaced characters, no file of the read name exists. */
async function checkName({
  path: name,
  absolutePath,
}: Pick<FoundFile, 'path' | 'absolutePath'>): Promise<void> {
  if (!name.includes(REPLACED)) return;
  if ((await lstat(absolutePath).catch(missing)) !== undefined) return;
  throw new ContextFault({
    given: `${name}, whose name is not in UTF-8`,
    allowed: 'names in UTF-8: images have no others, and neither has the package',
    advice: 'rename it, or exclude it with a line in .dockerignore',
  });
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function walk(root: string, below: string, mayHold: (folder: string) => boolean): Promise<FoundFile[]> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<FoundFile[]> => {
      const relative = below === '' ? entry.name : `${below}/${entry.name}`;
      if (NEVER_IN_CONTEXT.includes(entry.name)) return [];
      if (entry.isDirectory()) {
        if (!mayHold(relative)) return [];
        await checkName({ path: relative, absolutePath: path.join(root, relative) });
        return walk(root, relative, mayHold);
      }
      if (!entry.isFile() && !entry.isSymbolicLink()) return [];
      return [{ path: relative, absolutePath: path.join(root, relative), isLink: entry.isSymbolicLink() }];
    }),
  );
  return found.flat();
}

const holdsOneOf = (folder: string, files: readonly string[]) =>
  files.some((file) => file.startsWith(`${folder}/`));

const slashes = (file: string) => path.posix.normalize(file.replaceAll('\\', '/'));

/** What is wrong with a file in a build context, which only reading it shows. */
class ContextFault extends Error {
  readonly fault: Pick<Problem, 'given' | 'allowed' | 'advice'>;

  constructor(fault: Pick<Problem, 'given' | 'allowed' | 'advice'>) {
    super(fault.given);
    this.fault = fault;
  }
}

/**
 * An error from reading a context as a problem for users. An error that comes neither from this file nor from the file system
 * is a bug, and is thrown again.
 */
export function contextFault(
  error: unknown,
  { worker, folder }: { worker: string; folder: string },
): Problem {
  const place = `watchbot image of worker ${worker}`;
  if (error instanceof ContextFault) return { code: 'WATCHBOT_IMAGE', place, ...error.fault };
  const { code, path: file, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || file === undefined || syscall === undefined) throw error;
  const name = path.relative(folder, file);
  return {
    code: 'WATCHBOT_IMAGE',
    place,
    given: `${name === '' ? folder : name}, which cannot be read: ${code}`,
    allowed: 'files and folders that whoever packages is allowed to read, and that are not removed meanwhile',
    advice: 'make it readable, or exclude it with a line in .dockerignore',
  };
}
