import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { readLine } from '../../contract/log-lines';
import type { JobResult } from '../../contract/outcomes';
import type { Explain } from '../stack/target';
import type { Letter } from './letter';

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
  /** Whether all of the log was looked through. */
  isWhole: boolean;
}

interface WorkerLogGroup {
  logs: CloudWatchLogsClient;
  logGroup: string;
  explain: Explain;
  /** A message may have been received so long before `sentAt`, which in a FIFO queue is when it became a dead letter. */
  earlierMs: number;
}

const MOST_LINES = 100;
/** Each page looks through up to 1 MB of matches; `logs --message` is for log groups that are larger. */
const MOST_PAGES = 30;

/** What the log says of a message: the lines that carry its id. */
export async function messageLog(
  { logs, logGroup, explain, earlierMs }: WorkerLogGroup,
  letter: Letter,
): Promise<MessageLog> {
  const { FilterLogEventsCommand } = await import('../../vendor/cloudwatch-logs.mjs');
  const lines: MessageLog['lines'] = [];
  let nextToken: string | undefined;
  let pages = 0;
  do {
    const page = await explain({ action: 'logs:FilterLogEvents', place: `log group ${logGroup}` }, () =>
      logs.send(
        new FilterLogEventsCommand({
          logGroupName: logGroup,
          filterPattern: `"${letter.id}"`,
          startTime: Math.max(0, letter.sentAt.getTime() - earlierMs),
          nextToken,
        }),
      ),
    );
    lines.push(
      ...(page.events ?? []).map(({ timestamp = 0, message = '' }) => ({
        at: new Date(timestamp),
        text: message,
      })),
    );
    nextToken = page.nextToken;
    pages += 1;
  } while (nextToken !== undefined && pages < MOST_PAGES);
  const own = lines.filter(({ text }) => readLine(text).messageId === letter.id);
  return { attempts: attemptsIn(own), lines: own.slice(-MOST_LINES), isWhole: nextToken === undefined };
}

function attemptsIn(lines: MessageLog['lines']): Attempt[] {
  return lines.flatMap(({ at, text }) => {
    const { outcome } = readLine(text);
    return outcome === undefined ? [] : [{ at, ...outcome }];
  });
}
