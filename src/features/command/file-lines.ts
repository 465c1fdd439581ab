import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { MIB } from '../../shared/sizes';

/** A line of a file that is not blank. */
export interface FileLine {
  /** From 1. */
  number: number;
  /** Undefined if it is longer than any message, or no UTF-8. */
  text: string | undefined;
  trouble: 'too long' | 'not UTF-8' | undefined;
}

const LINE_FEED = 0x0a;
const CHUNK_BYTES = 262_144;
/** More than the largest message as JSON may write it: `\u0000` for each of its bytes. */
const MAX_LINE_BYTES = 8 * MIB;

/** The lines of a file as they are read; no more of it is in memory than a chunk and a line. */
export async function* fileLines(path: string, signal: AbortSignal): AsyncGenerator<FileLine> {
  let number = 1;
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer) => {
    bytes += part.length;
    if (bytes <= MAX_LINE_BYTES) parts.push(part);
  };
  const take = (): FileLine | undefined => {
    const line = lineOf({ number, bytes, parts });
    parts = [];
    bytes = 0;
    number += 1;
    return line.text?.trim() === '' ? undefined : line;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    if (signal.aborted) return;
    const buffer = chunk as Buffer;
    let start = 0;
    for (let end = buffer.indexOf(LINE_FEED); end !== -1; end = buffer.indexOf(LINE_FEED, start)) {
      add(buffer.subarray(start, end));
      const line = take();
      if (line !== undefined) yield line;
      start = end + 1;
    }
    // A copy: a part of the chunk would hold all of it in memory.
    add(Buffer.from(buffer.subarray(start)));
  }
  const last = take();
  if (last !== undefined) yield last;
}

interface RawLine {
  number: number;
  bytes: number;
  parts: readonly Buffer[];
}

function lineOf({ number, bytes, parts }: RawLine): FileLine {
  if (bytes > MAX_LINE_BYTES) return { number, text: undefined, trouble: 'too long' };
  const [only = Buffer.alloc(0), ...others] = parts;
  const line = others.length === 0 ? only : Buffer.concat(parts);
  if (!isUtf8(line)) return { number, text: undefined, trouble: 'not UTF-8' };
  const text = line.toString('utf8').replace(/\r$/, '');
  return { number, text: number === 1 ? text.replace(/^\ufeff/, '') : text, trouble: undefined };
}
