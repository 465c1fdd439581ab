import { StringDecoder } from 'node:string_decoder';

export type WriteLines = (lines: readonly string[]) => Promise<void> | void;

/** The output of a process, on its way into the log. */
export interface OutputLog {
  /** Resolves when the streams have closed and everything is logged. Never rejects. */
  closed: Promise<void>;
  /**
   * Resolves when everything that was written by now is logged, even a last line that has not ended. For a process that
   * goes on: it wrote before it said that it is done, so it is enough to read on until nothing comes.
   */
  caughtUp(): Promise<void>;
}

/** A pipe that has something to read is read in the next turn of Node's event loop; the second turn is to be sure. */
const QUIET_TURNS = 2;

/** A thread that writes without end is waited for no longer than this. */
const MAX_TURNS = 1_000;

/** Logs what streams bring, line by line. Reads on only when the log has taken what was read before. */
export function logOutput(streams: readonly AsyncIterable<Buffer>[], writeLines: WriteLines): OutputLog {
  const activity = { reads: 0, writes: 0 };
  const write: WriteLines = (lines) => (lines.length === 0 ? undefined : writeSome(lines));
  const writeSome = async (lines: readonly string[]) => {
    activity.writes += 1;
    try {
      await writeLines(lines);
    } catch {
      // Even if its lines are lost, the process is read on: otherwise it would hang, and its job with it.
    } finally {
      activity.writes -= 1;
    }
  };
  const logs = streams.map((stream) => logStream(stream, write, activity));
  const isQuietTurn = async () => {
    const { reads } = activity;
    await new Promise<void>((resolve) => setImmediate(resolve));
    return activity.reads === reads && activity.writes === 0;
  };
  return {
    closed: Promise.all(logs.map((log) => log.closed)).then(() => undefined),
    caughtUp: async () => {
      let quiet = 0;
      for (let turn = 0; quiet < QUIET_TURNS && turn < MAX_TURNS; turn += 1) {
        quiet = (await isQuietTurn()) ? quiet + 1 : 0;
      }
      await Promise.all(logs.map((log) => log.flush()));
    },
  };
}

function logStream(stream: AsyncIterable<Buffer>, write: WriteLines, activity: { reads: number }) {
  let cutter = createLineCutter();
  const readAll = async () => {
    try {
      for await (const chunk of stream) {
        activity.reads += 1;
        await write(cutter.push(chunk));
      }
    } catch {
      // The stream was destroyed: what came before is logged.
    }
    await write(cutter.end());
  };
  return {
    closed: readAll(),
    flush: async () => {
      const ended = cutter;
      cutter = createLineCutter();
      await write(ended.end());
    },
  };
}

/** A longer line is logged in pieces: CloudWatch takes 256 KiB an event, and a control character is logged as six. */
export const MAX_LINE_LENGTH = 32_768;

/** Cuts a stream of bytes into lines, however it is chunked. */
export interface LineCutter {
  /** Returns the lines that this chunk completes. */
  push(chunk: Buffer): string[];
  /** Returns what is left at the end of the stream; nothing, if it is called again. */
  end(): string[];
}

export function createLineCutter(): LineCutter {
  // Most workers write nothing.
  let decoder: StringDecoder | undefined;
  let cutter: TextCutter | undefined;
  return {
    push: (chunk) => {
      decoder ??= new StringDecoder('utf8');
      cutter ??= new TextCutter();
      return cutter.push(decoder.write(chunk));
    },
    end: () => [...(cutter?.push(decoder?.end() ?? '') ?? []), ...(cutter?.end() ?? [])],
  };
}

/** Carriage returns before a newline belong to it. */
const LINE_ENDS = /\r+\n?|\n/g;

/** Nothing but blanks, and the sequences with which a program clears the line of a progress bar. */
// eslint-disable-next-line no-control-regex -- finding them is the point
const SHOWS_NOTHING = /^(?:\s|\x1b\[[\d;?]*[A-Za-z])*$/;

/**
 * A line ends with a newline, or with carriage returns alone: programs that draw a progress bar end each of its states so,
 * and AWS's client for Python each line of a traceback. A line that ends so and shows nothing is left out.
 */
class TextCutter {
  /** The beginning of the line that has not ended. */
  private rest = '';
  /**
   * Present if the text so far ends with carriage returns, to which a newline may belong that is still to come. Their line
   * was given already, or it is blank, and counts as a line only if the newline comes.
   */
  private returned: 'given' | 'blank' | undefined;

  push(text: string): string[] {
    const { lines, text: next } = this.afterReturns(text);
    if (next === '') return lines;
    const whole = this.rest + next;
    const found = whole.includes('\r') ? this.cutAtReturnsToo(whole) : cutAtNewlines(whole);
    const unfinished = pieces(found.unfinished);
    this.rest = unfinished.pop() ?? '';
    return [...lines, ...found.lines, ...unfinished];
  }

  end(): string[] {
    const { rest, returned } = this;
    this.rest = '';
    return returned !== undefined || rest === '' ? [] : [rest];
  }

  /** What follows the carriage returns at the end of the last text, and their line, if it now proves to be one. */
  private afterReturns(text: string): { lines: string[]; text: string } {
    if (this.returned === undefined) return { lines: [], text };
    const next = text.replace(/^\r+/, '');
    if (next === '') return { lines: [], text: '' };
    const hasNewline = next.startsWith('\n');
    const lines = hasNewline && this.returned === 'blank' ? [this.rest] : [];
    this.rest = '';
    this.returned = undefined;
    return { lines, text: hasNewline ? next.slice(1) : next };
  }

  private cutAtReturnsToo(text: string): { lines: string[]; unfinished: string } {
    const lines: string[] = [];
    let from = 0;
    for (const { 0: end, index } of text.matchAll(LINE_ENDS)) {
      const found = pieces(text.slice(from, index));
      from = index + end.length;
      const last = found.at(-1) ?? '';
      const isBlank = !end.endsWith('\n') && SHOWS_NOTHING.test(last);
      lines.push(...(isBlank ? found.slice(0, -1) : found));
      if (from < text.length || end.endsWith('\n')) continue;
      this.returned = isBlank ? 'blank' : 'given';
      return { lines, unfinished: isBlank ? last : '' };
    }
    return { lines, unfinished: text.slice(from) };
  }
}

function cutAtNewlines(text: string): { lines: string[]; unfinished: string } {
  const lines = text.split('\n');
  const unfinished = lines.pop() ?? '';
  return { lines: lines.flatMap(pieces), unfinished };
}

/** Cuts a line into pieces that are no longer than a line may be. */
function pieces(line: string): string[] {
  const found: string[] = [];
  let from = 0;
  while (line.length - from > MAX_LINE_LENGTH) {
    const to = from + MAX_LINE_LENGTH;
    // A character beyond U+FFFF must not be cut in two.
    const end = isHighSurrogate(line.charCodeAt(to - 1)) ? to - 1 : to;
    found.push(line.slice(from, end));
    from = end;
  }
  found.push(line.slice(from));
  return found;
}

const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff;
