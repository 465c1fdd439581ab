import { StringDecoder } from 'node:string_decoder';

/** A longer line is logged in pieces: CloudWatch takes 256 KiB an event, and a prefix and escapes are still to come. */
export const MAX_LINE_LENGTH = 65_536;

/** Cuts a stream of bytes into lines, whatever the chunks. */
export interface LineCutter {
  /** The lines that this chunk completes. */
  push(chunk: Buffer): string[];
  /** What is left at the end of the stream. */
  end(): string[];
}

export function createLineCutter(): LineCutter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const cut = (text: string): string[] => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    const complete = lines.map(withoutReturn).flatMap(pieces);
    if (rest.length < MAX_LINE_LENGTH) return complete;
    const long = pieces(rest);
    rest = long.pop() ?? '';
    return [...complete, ...long];
  };
  return {
    push: (chunk) => cut(decoder.write(chunk)),
    end: () => {
      const lines = cut(decoder.end());
      return rest === '' ? lines : [...lines, ...pieces(withoutReturn(rest))];
    },
  };
}

const withoutReturn = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line);

function pieces(line: string): string[] {
  if (line.length <= MAX_LINE_LENGTH) return [line];
  const count = Math.ceil(line.length / MAX_LINE_LENGTH);
  return Array.from({ length: count }, (_, index) =>
    line.slice(index * MAX_LINE_LENGTH, (index + 1) * MAX_LINE_LENGTH),
  );
}
