import dockerignore from '@balena/dockerignore';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImageBuild } from '../config/configuration';
import { ContextFault } from './context-faults';

/**
 * What the framework leaves out of every package too: its own folder, which holds the last package, and git's, which
 * changes with each commit. Either would give the image another tag although nothing in it is new.
 */
const NEVER_IN_CONTEXT = ['.serverless', '.git'];

/** A file of a build context that is there, by its path below it, with forward slashes. */
export interface FoundFile {
  path: string;
  absolutePath: string;
  isLink: boolean;
}

/** One that the plugin makes. */
export interface MadeFile {
  path: string;
  content: Uint8Array;
}

export type ContextFile = FoundFile | MadeFile;

export const isMade = (file: ContextFile): file is MadeFile => 'content' in file;

/**
 * The files that a build sees, sorted by path: those below the context that `.dockerignore` does not leave out, and
 * always the Dockerfile and the ignore file themselves. The last package, where it is below, is none of them.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 *
 * @throws {ContextFault} where docker could not read them either
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
  // With a negated pattern, something below an ignored folder may be wanted.
  const mayPrune = !/^\s*!/m.test(ignoreFile?.text ?? '');
  const isPackage = (child: string) => path.join(folder, child) === packageFolder;
  const mayHold = (child: string) =>
    !isPackage(child) && (!mayPrune || isIn(child) || holdsOneOf(child, alwaysIn));
  const files = await walk(folder, '', mayHold);
  const found = files.filter((file) => isIn(file.path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of found) await checkName(file);
  return found;
}

/** An ignore file of the Dockerfile's own goes before the common one. */
async function ignoreFileOf(folder: string, dockerfile: string) {
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(missing);
    if (found === undefined) continue;
    // Of a folder there is nothing to read, and of a pipe perhaps nothing ever.
    if (!found.isFile()) throw new ContextFault({ given: `${name}, which is no file`, allowed: 'a file' });
    const text = await readFile(file, 'utf8');
    checkPatterns(name, text);
    return { name, text };
  }
  return undefined;
}

/** Each line by itself, so that the wrong one is told: the package says it of all together, and not before it is used. */
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

/** What stands for the bytes of a name that are no UTF-8. */
const REPLACED = '\ufffd';

/** A name that is read with other characters than it has is the name of nothing. */
async function checkName({
  path: name,
  absolutePath,
}: Pick<FoundFile, 'path' | 'absolutePath'>): Promise<void> {
  if (!name.includes(REPLACED)) return;
  if ((await lstat(absolutePath).catch(missing)) !== undefined) return;
  throw new ContextFault({
    given: `${name}, whose name is not in UTF-8`,
    allowed: 'names in UTF-8: images have no others, and neither has the package',
    advice: 'rename it, or leave it out with a line in .dockerignore',
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
