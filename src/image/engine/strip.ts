import { type FileHandle, open } from 'node:fs/promises';

/** Of ELF's header for 64 bits. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const HEADER_BYTES = 64;
const MAGIC_64_LITTLE = Buffer.from('\x7fELF\x02\x01', 'latin1');
/** Offsets of fields of it: of the table of segments, and of that of sections. */
const SEGMENTS = { offset: 32, size: 54, count: 56 } as const;
const SECTIONS = { offset: 40, count: 60, names: 62 } as const;
/** Of fields of a segment. */
const SEGMENT_OFFSET = 8;
const SEGMENT_FILE_SIZE = 32;

/**
 * Cuts off what a program has in its file for debuggers and linkers only: everything behind its last segment. The kernel and
 * the dynamic loader read the segments alone, among them the names that a loaded library resolves; `strip` would have left the
 * same. It takes no tool, and no machine of the program's architecture. What is no program of 64 bits stays as it is.
 */
export async function stripProgram(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const header = await readBytes(handle, { position: 0, length: HEADER_BYTES });
    const segments = await readBytes(handle, segmentTable(header));
    const end = endOfSegments(header, segments);
    if (end === undefined || end >= (await handle.stat()).size) return;
    await handle.truncate(end);
    await handle.write(withoutSections(header), 0, HEADER_BYTES, 0);
  } finally {
    await handle.close();
  }
}

async function readBytes(
  handle: FileHandle,
  { position, length }: { position: number; length: number },
): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

const isProgram = (header: Buffer) =>
  header.length === HEADER_BYTES && header.subarray(0, MAGIC_64_LITTLE.length).equals(MAGIC_64_LITTLE);

function segmentTable(header: Buffer): { position: number; length: number } {
  if (!isProgram(header)) return { position: 0, length: 0 };
  const length = header.readUInt16LE(SEGMENTS.size) * header.readUInt16LE(SEGMENTS.count);
  return { position: Number(header.readBigUInt64LE(SEGMENTS.offset)), length };
}

/** Where the last segment ends in the file. Undefined if that cannot be told. */
function endOfSegments(header: Buffer, segments: Buffer): number | undefined {
  const table = segmentTable(header);
  if (table.length === 0 || segments.length < table.length) return undefined;
  const size = header.readUInt16LE(SEGMENTS.size);
  const ends = Array.from({ length: table.length / size }, (_, index) => {
    const start = index * size;
    const field = (offset: number) => Number(segments.readBigUInt64LE(start + offset));
    return field(SEGMENT_OFFSET) + field(SEGMENT_FILE_SIZE);
  });
  return Math.max(HEADER_BYTES, table.position + table.length, ...ends);
}

function withoutSections(header: Buffer): Buffer {
  const changed = Buffer.from(header);
  changed.writeBigUInt64LE(0n, SECTIONS.offset);
  changed.writeUInt16LE(0, SECTIONS.count);
  changed.writeUInt16LE(0, SECTIONS.names);
  return changed;
}
