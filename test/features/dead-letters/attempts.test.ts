import { expect, it } from '@jest/globals';
import { formatPlain, LogSource, outcomeText, sentAnewText } from '../../../src/contract/log-lines';
import { messageLog } from '../../../src/features/dead-letters/attempts';
import { readLetter } from '../../../src/features/dead-letters/letter';
import type { LogEvent, WorkerLog } from '../../../src/features/logs/source';

const line = (seconds: number, messageId: string, text: string): LogEvent => {
  const time = new Date(seconds * 1000);
  return {
    id: `${seconds} ${messageId}`,
    timeMs: time.getTime(),
    task: 'a',
    line: formatPlain({ time, source: LogSource.watcher, messageId, text, level: 30 }),
  };
};
const failed = (receives: number) =>
  outcomeText({
    result: 'failure',
    durationMs: 1,
    responseDurationMs: 1,
    receives,
    code: 1,
    signal: null,
    reason: 'exit code 1',
  });

/** A log that gives only lines with one of the ids that were known when it was read, as CloudWatch does. */
function logOf(events: readonly LogEvent[]) {
  const since: number[] = [];
  const log: WorkerLog = {
    read: async function* ({ terms, sinceMs }) {
      const known = terms?.() ?? [];
      since.push(sinceMs);
      await Promise.resolve();
      yield* events.filter((each) => known.some((id) => each.line.includes(id)));
    },
    follow: () => {
      throw new Error('nobody follows');
    },
  };
  return { log, since };
}

const { signal } = new AbortController();

it('puts the attempts of several tasks in order', async () => {
  const { log } = logOf([line(2, 'm', failed(2)), line(1, 'm', failed(1)), line(3, 'm', failed(3))]);
  const letter = readLetter({ MessageId: 'm', Body: 'x', Attributes: { SentTimestamp: '500' } });
  const { attempts, lines } = await messageLog(log, letter, { earlierMs: 0, signal });
  expect(attempts.map(({ receives }) => receives)).toEqual([1, 2, 3]);
  expect(lines.map(({ at }) => at.getTime())).toEqual([1000, 2000, 3000]);
});

it('tells of all copies of a message that was sent anew', async () => {
  const { log, since } = logOf([
    line(1, 'original', failed(1)),
    line(2, 'original', sentAnewText('between', 'it waits')),
    line(3, 'between', sentAnewText('last', 'it waits')),
    line(4, 'last', failed(1)),
    line(4, 'other', failed(1)),
  ]);
  const mark = JSON.stringify({ messageId: 'original', sentAtMs: 900, receives: 1, isWaiting: true });
  const letter = readLetter({
    MessageId: 'last',
    Body: 'x',
    Attributes: { SentTimestamp: '3000' },
    MessageAttributes: { 'watchbot-copy': { DataType: 'String', StringValue: mark } },
  });
  const { attempts, lines } = await messageLog(log, letter, { earlierMs: 0, signal });
  expect(attempts.map(({ at }) => at.getTime())).toEqual([1000, 4000]);
  expect(lines).toHaveLength(4);
  expect(new Set(since)).toEqual(new Set([900]));
});

it('keeps the last hundred lines, and every attempt', async () => {
  const many = Array.from({ length: 1000 }, (_, index) => line(1000 - index, 'm', failed(1000 - index)));
  const { log } = logOf(many);
  const letter = readLetter({ MessageId: 'm', Body: 'x' });
  const { attempts, lines } = await messageLog(log, letter, { earlierMs: 0, signal });
  expect(attempts).toHaveLength(1000);
  expect(lines.map(({ at }) => at.getTime())).toEqual(
    Array.from({ length: 100 }, (_, index) => (901 + index) * 1000),
  );
});
