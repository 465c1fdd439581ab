import { createLineCutter } from './lines';

export type WriteLines = (lines: readonly string[]) => Promise<void> | void;

/** What a process writes, as it goes into the log line by line. */
export interface OutputLog {
  /** Resolves when the streams have closed and all of them is logged. Never rejects. */
  closed: Promise<void>;
  /**
   * Resolves when all that was written by now is logged, the last line also where it has no end yet. For a process that
   * goes on: it wrote before it said that it is done, so that nothing has to be waited for but reading.
   */
  caughtUp(): Promise<void>;
}

/** A pipe that has something to read is read in the next turn of Node's event loop; a second one, to be sure. */
const QUIET_TURNS = 2;

/** A thread that writes without end is not waited for without end. */
const MAX_TURNS = 1_000;

/** Reads on only when the log has taken what there was. */
export function logOutput(streams: readonly AsyncIterable<Buffer>[], writeLines: WriteLines): OutputLog {
  const activity = { reads: 0, writes: 0 };
  const write: WriteLines = (lines) => (lines.length === 0 ? undefined : writeSome(lines));
  const writeSome = async (lines: readonly string[]) => {
    activity.writes += 1;
    try {
      await writeLines(lines);
    } catch {
      // Whatever becomes of its lines, the process is read on: it would wait for that, and its job for it.
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
