import { mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isMade, type ContextFile, type FoundFile } from './context';
import { packagedContext, packagedLinksFile } from './package-paths';

/** What a link is called below the context, and what it names. */
type Link = readonly [name: string, target: string];

/**
 * Writes down the links of a build context. As links they would not outlive the package: where the framework moves it, it
 * copies what they name, wherever that is, and fails where there is nothing.
 */
export async function writeLinks(
  files: readonly ContextFile[],
  { packageFolder, worker }: { packageFolder: string; worker: string },
): Promise<void> {
  const links = await Promise.all(
    files.flatMap((file) => (isMade(file) || !file.isLink ? [] : [linkOf(file)])),
  );
  if (links.length === 0) return;
  const file = packagedLinksFile(packageFolder, worker);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(links));
}

async function linkOf({ path: name, absolutePath }: FoundFile): Promise<Link> {
  return [name, await readlink(absolutePath)];
}

/** Makes the links again, for as long as something is done with the context. */
export async function withLinks<T>(packageFolder: string, worker: string, run: () => Promise<T>): Promise<T> {
  const context = packagedContext(packageFolder, worker);
  const links = await readLinks(packagedLinksFile(packageFolder, worker));
  const placed = links.map(([name, target]) => ({ file: path.join(context, name), target }));
  try {
    for (const { file, target } of placed) {
      await mkdir(path.dirname(file), { recursive: true });
      // One may be left of a build that was killed.
      await rm(file, { force: true });
      await symlink(target, file);
    }
    return await run();
  } finally {
    for (const { file } of placed) await rm(file, { force: true });
  }
}

async function readLinks(file: string): Promise<readonly Link[]> {
  return JSON.parse(await readFile(file, 'utf8').catch(none)) as Link[];
}

function none(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '[]';
  throw error;
}
