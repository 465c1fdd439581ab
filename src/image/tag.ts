import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Architecture } from '../config/configuration';
import { LAUNCHER_FILE } from '../contract/image';
import { layerContainerfile } from './containerfile';
import type { ContextFile } from './context';
import type { ImageBase } from './packaged-images';

/** Characters of the tag: 80 bits, which no two images of a repository will share. */
const TAG_LENGTH = 20;

/**
 * The tag of an image: a hash of everything that goes into it, and of nothing else. File times and owners, and the
 * machine, leave it as it is; a changed byte, name, link or executable bit changes it.
 */
export async function imageTag(input: {
  base: ImageBase;
  files: readonly ContextFile[];
  architecture: Architecture;
  nodeImage: string;
  layerFiles: readonly ContextFile[];
}): Promise<string> {
  const { base, architecture, nodeImage, layerFiles } = input;
  const hash = createHash('sha256');
  const hasLauncher = layerFiles.some(({ path }) => path === LAUNCHER_FILE);
  field(hash, baseText(base));
  field(hash, layerContainerfile({ base: 'base', nodeImage, architecture, hasLauncher }));
  for (const files of [input.files, layerFiles]) {
    field(hash, String(files.length));
    for (const file of files) await addFile(hash, file);
  }
  return hash.digest('hex').slice(0, TAG_LENGTH);
}

function baseText(base: ImageBase): string {
  if (base.kind === 'uri') return JSON.stringify([base.kind, base.uri]);
  const sortedArgs = Object.entries(base.buildArgs).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([base.kind, base.dockerfile, sortedArgs, base.target ?? null]);
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
