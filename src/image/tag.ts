import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readlink, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Architecture } from '../config/configuration';
import { inBatches } from '../shared/batches';
import { KIB } from '../shared/sizes';
import { type ContextFile, isMade } from './context';
import { layerContainerfile, layerTrees, nodeContainerfile } from './layer';
import type { ImageBase, OwnEntryPoint } from './package-folder';

/** Characters of the tag: 80 bits, so that no two images of a repository get the same. */
const TAG_LENGTH = 20;

/** Files up to this size are read as a whole, several at once. */
const SMALL_BYTES = 256 * KIB;
const READ_AT_ONCE = 32;

/**
 * The tag of an image: a hash of everything that goes into it, and of nothing else. Times and owners of files and the machine
 * do not change it; a changed byte, name, link or executable bit does.
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
  const parts = { nodeImage, architecture, hasNode: base.kind === 'bundle' };
  const trees = layerTrees(ownEntryPoint);
  field(hash, baseText(base));
  field(hash, nodeContainerfile(parts));
  field(hash, layerContainerfile({ base: 'base', trees }));
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

/** In their order, but several are read at once: most of the time is spent waiting for small files. */
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

/** What the file is, and its bytes if it is small. */
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

/** Writes the length first, so that no two lists of fields give the same bytes. */
function field(hash: Hash, text: string): void {
  hash.update(`${Buffer.byteLength(text)}:${text}`);
}
