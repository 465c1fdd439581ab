import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readlink, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { KIB } from '../shared/sizes';
import { inBatches } from '../shared/batches';
import type { Architecture } from '../config/configuration';
import { layerContainerfile, layerFileNames } from './containerfile';
import { isMade, type ContextFile } from './context';
import type { ImageBase, OwnEntryPoint } from './packaged-images';

/** Characters of the tag: 80 bits, which no two images of a repository will share. */
const TAG_LENGTH = 20;

/** Files up to this size are read as a whole, so many at once. */
const SMALL_BYTES = 256 * KIB;
const READ_AT_ONCE = 32;

/**
 * The tag of an image: a hash of everything that goes into it, and of nothing else. File times and owners, and the
 * machine, leave it as it is; a changed byte, name, link or executable bit changes it.
 */
export async function imageTag(input: {
  base: ImageBase;
  files: readonly ContextFile[];
  architecture: Architecture;
  nodeImage: string;
  ownEntryPoint?: OwnEntryPoint | undefined;
  layerFiles: readonly ContextFile[];
}): Promise<string> {
  const { base, architecture, nodeImage, ownEntryPoint, layerFiles } = input;
  const hash = createHash('sha256');
  const files = layerFileNames(
    layerFiles.map(({ path }) => path),
    ownEntryPoint,
  );
  field(hash, baseText(base));
  field(
    hash,
    layerContainerfile({ base: 'base', hasNode: base.kind === 'bundle', nodeImage, architecture, files }),
  );
  for (const files of [input.files, layerFiles]) {
    field(hash, String(files.length));
    await addFiles(hash, files);
  }
  return hash.digest('hex').slice(0, TAG_LENGTH);
}

function baseText(base: ImageBase): string {
  if (base.kind === 'bundle') return JSON.stringify([base.kind]);
  if (base.kind === 'uri') return JSON.stringify([base.kind, base.uri]);
  const sortedArgs = Object.entries(base.buildArgs).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([base.kind, base.dockerfile, sortedArgs, base.target ?? null]);
}

/** In their order; what comes next is read meanwhile, since most of the time goes by with waiting for each small file. */
async function addFiles(hash: Hash, files: readonly ContextFile[]): Promise<void> {
  for (const batch of inBatches(files, READ_AT_ONCE)) {
    const read = await Promise.all(batch.map(readEntry));
    for (const { file, kind, content } of read) {
      field(hash, file.path);
      field(hash, kind);
      if (content !== undefined) hash.update(content);
      else if (!isMade(file)) await addStream(hash, file.absolutePath);
    }
  }
}

interface Entry {
  file: ContextFile;
  kind: string;
  content?: Uint8Array;
}

/** What the file is, and its bytes where there are few of them. */
async function readEntry(file: ContextFile): Promise<Entry> {
  if (isMade(file)) return { file, kind: `file ${file.content.length}`, content: file.content };
  if (file.isLink) {
    return { file, kind: `link ${await readlink(file.absolutePath)}`, content: Buffer.alloc(0) };
  }
  const { mode, size } = await stat(file.absolutePath);
  const isExecutable = (mode & 0o100) !== 0;
  const kind = `${isExecutable ? 'program' : 'file'} ${size}`;
  return size > SMALL_BYTES ? { file, kind } : { file, kind, content: await readFile(file.absolutePath) };
}

async function addStream(hash: Hash, file: string): Promise<void> {
  await pipeline(createReadStream(file), async (chunks) => {
    for await (const chunk of chunks) hash.update(chunk as Buffer);
  });
}

/** With its length before it, so that no two lists of fields give the same bytes. */
function field(hash: Hash, text: string): void {
  hash.update(`${Buffer.byteLength(text)}:${text}`);
}
