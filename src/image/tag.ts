import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Architecture, ImageBuild } from '../config/configuration';
import type { ContextFile } from './context';

/** Characters of the tag: 80 bits, which no two images of a repository will share. */
const TAG_LENGTH = 20;

/**
 * The tag of an image: a hash of everything that goes into it, and of nothing else. File times and owners, and the
 * machine, leave it as it is; a changed byte, name, link or executable bit changes it.
 */
export async function imageTag(input: {
  files: readonly ContextFile[];
  build: ImageBuild;
  architecture: Architecture;
  layerFiles: readonly ContextFile[];
}): Promise<string> {
  const hash = createHash('sha256');
  const { dockerfile, buildArgs, target } = input.build;
  const sortedArgs = Object.entries(buildArgs).sort(([a], [b]) => (a < b ? -1 : 1));
  field(hash, JSON.stringify([dockerfile, sortedArgs, target ?? null, input.architecture]));
  for (const files of [input.files, input.layerFiles]) {
    field(hash, String(files.length));
    for (const file of files) await addFile(hash, file);
  }
  return hash.digest('hex').slice(0, TAG_LENGTH);
}

async function addFile(hash: Hash, file: ContextFile): Promise<void> {
  field(hash, file.path);
  if (file.isLink) return void field(hash, `link ${await readlink(file.absolutePath)}`);
  const { mode, size } = await stat(file.absolutePath);
  const isExecutable = (mode & 0o100) !== 0;
  field(hash, `${isExecutable ? 'program' : 'file'} ${size}`);
  await pipeline(createReadStream(file.absolutePath), async (chunks) => {
    for await (const chunk of chunks) hash.update(chunk as Buffer);
  });
}

/** With its length before it, so that no two lists of fields give the same bytes. */
function field(hash: Hash, text: string): void {
  hash.update(`${Buffer.byteLength(text)}:${text}`);
}
