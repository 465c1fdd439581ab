import { StringDecoder } from 'node:string_decoder';

/** A longer line is logged in pieces: CloudWatch takes 256 KiB an event, and a control character is written as six. */
export const MAX_LINE_LENGTH = 32_768;

/** Cuts a stream of bytes into lines, whatever the chunks. */
export interface LineCutter {
  /** The lines that this chunk completes. */
  push(chunk: Buffer): string[];
  /** What is left at the end of the stream. */
  end(): string[];
}

export function createLineCutter(): LineCutter {
  // Most workers write nothing.
  let decoder: StringDecoder | undefined;
  let rest = '';
  const cut = (text: string): string[] => {
    const lines = (rest + text).split('\n');
    // One character more than a piece: the last may prove to be the return before the end of the line.
    const unfinished = pieces(lines.pop() ?? '', MAX_LINE_LENGTH + 1);
    rest = unfinished.pop() ?? '';
    return [...lines.flatMap((line) => pieces(withoutReturn(line))), ...unfinished];
  };
  return {
    push: (chunk) => cut((decoder ??= new StringDecoder('utf8')).write(chunk)),
    end: () => {
      if (decoder === undefined) return [];
      const lines = cut(decoder.end());
      return rest === '' ? lines : [...lines, ...pieces(withoutReturn(rest))];
    },
  };
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** The last piece is what is left when it is no longer than `most`. */
function pieces(line: string, most = MAX_LINE_LENGTH): string[] {
  const found: string[] = [];
  let from = 0;
  while (line.length - from > most) {
    const to = from + MAX_LINE_LENGTH;
    // Half of a character beyond U+FFFF cannot be written.
    const end = isHighSurrogate(line.charCodeAt(to - 1)) ? to - 1 : to;
    found.push(line.slice(from, end));
    from = end;
  }
  found.push(line.slice(from));
  return found;
}

const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff;
