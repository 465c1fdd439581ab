import { appendFile, mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { pause, type Clock } from '../../shared/clock';
import { parseObject } from '../../shared/json';
import { MIB } from '../../shared/sizes';
import type { LogEvent, LogQuery, WorkerLog } from './source';

/** The log of `sls watchbot local`, in a file: how it is written, and how it is read. */

/** A line of the log of `sls watchbot local`, as its file keeps it: one in JSON a line. */
interface LocalRecord {
  timeMs: number;
  worker: string;
  line: string;
}

/** At this size the file is set aside, and the one that was set aside before is removed: there are at most two. */
const MAX_FILE_BYTES = 64 * MIB;

interface LocalLogFiles {
  current: string;
  /** What came before, in the same run. */
  before: string;
}

/** The files of the last run of `sls watchbot local` in this folder. */
export function localLogFiles(serviceFolder: string): LocalLogFiles {
  const folder = path.join(serviceFolder, '.serverless', 'watchbot', 'local');
  return { current: path.join(folder, 'log.jsonl'), before: path.join(folder, 'log.before.jsonl') };
}

interface LocalLog {
  write(worker: string, line: string): void;
  /** Resolves when all is in the file. */
  end(): Promise<void>;
}

/**
 * Begins a new file. Each write opens it by its name, since `sls package` may have removed the folder, and adds all lines
 * that have come since the write before. If nothing can be written, work goes on, and the failure is told once.
 */
export async function startLocalLog(
  serviceFolder: string,
  clock: Pick<Clock, 'now'>,
  onFailure: (error: Error) => void,
  maxBytes = MAX_FILE_BYTES,
): Promise<LocalLog> {
  const files = localLogFiles(serviceFolder);
  await rm(path.dirname(files.current), { recursive: true, force: true });
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;
  let hasFailed = false;

  const append = async (text: string) => {
    await mkdir(path.dirname(files.current), { recursive: true });
    const { size } = await stat(files.current).catch(() => ({ size: 0 }));
    if (size >= maxBytes) await rename(files.current, files.before);
    await appendFile(files.current, text);
  };
  const flush = async () => {
    while (waiting.length > 0) {
      const text = waiting.join('');
      waiting = [];
      await append(text).catch((error: unknown) => {
        if (!hasFailed) onFailure(error as Error);
        hasFailed = true;
      });
    }
    writing = undefined;
  };
  return {
    write: (worker, line) => {
      const record: LocalRecord = { timeMs: clock.now(), worker, line };
      waiting.push(`${JSON.stringify(record)}\n`);
      writing ??= flush();
    },
    end: async () => {
      await writing;
    },
  };
}

/** Milliseconds between looks for new lines. */
const POLL_MS = 100;
const CHUNK_BYTES = 262_144;

/** The lines of a worker in the file of `sls watchbot local`. */
export function localLog(serviceFolder: string, worker: string, clock: Clock): WorkerLog {
  const files = localLogFiles(serviceFolder);
  const wanted = (query: LogQuery) => (event: NumberedRecord) => isWanted(event, worker, query);

  async function* read(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogEvent> {
    const isIn = wanted(query);
    for await (const event of allLines(files, signal)) if (isIn(event)) yield eventOf(event);
  }

  async function* follow(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogEvent> {
    const isIn = wanted(query);
    const { hasEnded = () => Promise.resolve(false) } = query;
    const coming = comingLines(files, { clock, hasEnded }, signal);
    for await (const event of coming) if (isIn(event)) yield eventOf(event);
  }

  return { read, follow };
}

interface NumberedRecord {
  /** The file's own number, and where in the file it begins. */
  id: string;
  record: LocalRecord;
}

function isWanted(
  { record }: NumberedRecord,
  worker: string,
  { sinceMs, untilMs = Infinity }: LogQuery,
): boolean {
  return record.worker === worker && record.timeMs >= sinceMs && record.timeMs <= untilMs;
}

function eventOf({ id, record: { timeMs, line } }: NumberedRecord): LogEvent {
  return { id, timeMs, task: 'local', line };
}

async function* allLines(
  { before, current }: LocalLogFiles,
  signal: AbortSignal,
): AsyncGenerator<NumberedRecord> {
  for (const name of [before, current]) {
    const file = await openIfThere(name);
    if (file === undefined) continue;
    try {
      yield* (await LineReader.of(file)).lines(signal);
    } finally {
      await file.close();
    }
  }
}

/** A file that is set aside is read to its end, and then the one that took its place. */
async function* comingLines(
  { before, current }: LocalLogFiles,
  { clock, hasEnded }: { clock: Clock; hasEnded: () => Promise<boolean> },
  signal: AbortSignal,
): AsyncGenerator<NumberedRecord> {
  const old = await openIfThere(before);
  let reader = old === undefined ? undefined : await LineReader.of(old);
  // A reader may stop in the middle of a file, when it has read enough.
  let next: FileHandle | undefined;
  try {
    while (!signal.aborted) {
      const isLast = await hasEnded();
      // The current file is opened first: what is written meanwhile is in it, or in the old one.
      next = await openIfThere(current);
      if (reader !== undefined) yield* reader.lines(signal);
      const newer: LineReader | undefined = await unlessSame(next, reader);
      next = undefined;
      if (newer === undefined && isLast) return;
      if (newer === undefined) await pause(clock, POLL_MS, signal);
      else {
        await reader?.close();
        reader = newer;
      }
    }
  } finally {
    await next?.close();
    await reader?.close();
  }
}

async function unlessSame(
  next: FileHandle | undefined,
  reader: LineReader | undefined,
): Promise<LineReader | undefined> {
  if (next === undefined) return undefined;
  if ((await inodeOf(next)) !== reader?.inode) return LineReader.of(next);
  await next.close();
  return undefined;
}

class LineReader {
  private position = 0;
  private rest: Buffer = Buffer.alloc(0);
  private readonly chunk = Buffer.alloc(CHUNK_BYTES);

  private constructor(
    private readonly file: FileHandle,
    readonly inode: number,
  ) {}

  static async of(file: FileHandle): Promise<LineReader> {
    return new LineReader(file, await inodeOf(file));
  }

  /** Whole lines that have come since the last call. */
  async *lines(signal: AbortSignal): AsyncGenerator<NumberedRecord> {
    while (!signal.aborted) {
      const { bytesRead } = await this.file.read(this.chunk, 0, CHUNK_BYTES, this.position);
      if (bytesRead === 0) return;
      const buffer = Buffer.concat([this.rest, this.chunk.subarray(0, bytesRead)]);
      const offset = this.position - this.rest.length;
      this.position += bytesRead;
      let start = 0;
      for (let end = buffer.indexOf('\n'); end !== -1; end = buffer.indexOf('\n', start)) {
        const record = parseObject(buffer.toString('utf8', start, end)) as unknown as LocalRecord | undefined;
        // A full disk may have cut one.
        if (record !== undefined) yield { id: `${this.inode}-${offset + start}`, record };
        start = end + 1;
      }
      this.rest = Buffer.from(buffer.subarray(start));
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function inodeOf(file: FileHandle): Promise<number> {
  return (await file.stat()).ino;
}

async function openIfThere(name: string): Promise<FileHandle | undefined> {
  try {
    return await open(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
