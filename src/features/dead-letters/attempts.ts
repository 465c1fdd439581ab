import { readLine } from '../../contract/log-lines';
import type { JobResult } from '../../contract/outcomes';
import { traceJob } from '../logs/lines';
import type { LogEvent, WorkerLog } from '../logs/source';
import { idsOf, type Letter } from './letter';

/** How one receive of a message ended, as the watcher logged it. */
interface Attempt {
  at: Date;
  result: JobResult;
  receives: number;
  reason: string;
}

export interface MessageLog {
  attempts: Attempt[];
  /** The last lines, in order. */
  lines: { at: Date; text: string }[];
}

const MOST_LINES = 100;
/** Each page looks through up to 1 MB of matches; `logs --message` is for log groups that are larger. */
const MOST_PAGES = 30;

/**
 * What the log says of a message, under whichever id: the first receives of one that was sent anew were the original's.
 * @param earlierMs it may have been received so long before `sentAt`, which in a FIFO queue is when it became a dead letter
 */
export async function messageLog(
  log: WorkerLog,
  letter: Letter,
  { earlierMs, signal }: { earlierMs: number; signal: AbortSignal },
): Promise<MessageLog> {
  const sentMs = letter.copyOf?.sentAtMs ?? letter.sentAt.getTime();
  let collected = new MessageLines();
  await traceJob(log, {
    ids: idsOf(letter),
    query: { sinceMs: Math.max(0, sentMs - earlierMs), mostPages: MOST_PAGES },
    signal,
    onPass: () => {
      const lines = (collected = new MessageLines());
      return (event) => {
        lines.add(event);
      };
    },
  });
  return collected.result();
}

/** All attempts, and the last lines, of however many there are. A log has each task's lines in order, and no more. */
class MessageLines {
  private readonly attempts: Attempt[] = [];
  private lines: MessageLog['lines'] = [];

  add({ timeMs, line }: LogEvent): void {
    const at = new Date(timeMs);
    const { outcome } = readLine(line);
    if (outcome !== undefined) this.attempts.push({ at, ...outcome });
    this.lines.push({ at, text: line });
    if (this.lines.length >= 2 * MOST_LINES) this.lines = this.lastLines();
  }

  result(): MessageLog {
    return { attempts: this.attempts.toSorted(byTime), lines: this.lastLines() };
  }

  private lastLines(): MessageLog['lines'] {
    return this.lines.toSorted(byTime).slice(-MOST_LINES);
  }
}

const byTime = (a: { at: Date }, b: { at: Date }) => a.at.getTime() - b.at.getTime();
