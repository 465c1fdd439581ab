import { createFrame, HEADER_BYTES, MOST_FRAME_BYTES, Request } from './protocol';

/** Texts as they stand in a frame. None may have a NUL in it. */
export function encodeTexts(texts: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + textBytes(text), 0));
  writeTexts(bytes, 0, texts);
  return bytes;
}

/** What is to be started. */
export interface StartParts {
  wordCount: number;
  /** Variables among the shared texts. */
  sharedVariableCount: number;
  /** What is the same for many: the words, then variables. */
  shared: Buffer;
  /** Further variables. None may have a NUL in it. */
  variables: readonly string[];
  input: string;
}

/** A frame, or undefined where it would be too big. */
export function encodeStart(job: number, parts: StartParts): Buffer | undefined {
  const { wordCount, sharedVariableCount, shared, variables, input } = parts;
  const inputBytes = Buffer.byteLength(input);
  const ownBytes = variables.reduce((sum, text) => sum + textBytes(text), 0);
  const restBytes = COUNT_BYTES + shared.length + ownBytes + inputBytes;
  if (HEADER_BYTES + restBytes > MOST_FRAME_BYTES) return undefined;
  const frame = createFrame(Request.start, job, restBytes);
  let at = frame.writeUInt32LE(wordCount, HEADER_BYTES);
  at = frame.writeUInt32LE(sharedVariableCount + variables.length, at);
  at += shared.copy(frame, at);
  at = writeTexts(frame, at, variables);
  frame.write(input, at);
  return frame;
}

/** Of the words and of the variables. */
const COUNT_BYTES = 8;

/** With its length before it, and a NUL behind it. */
const textBytes = (text: string) => 4 + Buffer.byteLength(text) + 1;

/** @returns where they end */
function writeTexts(bytes: Buffer, begin: number, texts: readonly string[]): number {
  let at = begin;
  for (const text of texts) {
    const written = bytes.write(text, at + 4);
    bytes.writeUInt32LE(written, at);
    at = bytes.writeUInt8(0, at + 4 + written);
  }
  return at;
}
