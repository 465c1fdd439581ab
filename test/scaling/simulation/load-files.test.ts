import { describe, expect, it } from '@jest/globals';
import { JobResult, LogLevel, LogSource } from '../../../src/contract/log';
import {
  formatPlain,
  formatStructured,
  outcomeFields,
  outcomeText,
  type FormatLine,
} from '../../../src/contract/log-lines';
import { readArrivals, readDurations } from '../../../src/scaling/simulation/load-files';

const lineOf = (format: FormatLine, text: string, source: LogSource = LogSource.watcher) =>
  format({ time: new Date(0), source, messageId: 'id', level: LogLevel.info, text });

function outcomeLine(format: FormatLine, result: JobResult, durationMs: number): string {
  const outcome = { result, durationMs, responseDurationMs: 9_000, receives: 1, code: 0, signal: null };
  const whole = { ...outcome, reason: 'exit code 0' };
  return format({
    time: new Date(0),
    source: LogSource.watcher,
    messageId: 'id',
    level: LogLevel.info,
    text: outcomeText(whole),
    fields: outcomeFields(whole),
  });
}

describe('durations', () => {
  it.each([
    ['plain', formatPlain],
    ['structured', formatStructured],
  ])('are those of the jobs that succeeded, in a %s log', (_, format) => {
    const lines = [
      lineOf(format, 'received (receive 1)'),
      outcomeLine(format, JobResult.success, 1_500),
      outcomeLine(format, JobResult.failure, 10),
      // A worker that writes such a line itself.
      lineOf(format, '[success] after 7 ms, 9 ms since sent, receive 1 (exit code 0)', LogSource.worker),
      '',
      outcomeLine(format, JobResult.success, 250),
    ];
    expect(readDurations(lines)).toEqual([1.5, 0.25]);
  });
});

describe('arrivals', () => {
  it('are seconds, from the first on', () => {
    expect(readArrivals(['12.5', '', ' 10 ', '1e2'])).toEqual({ atSeconds: [0, 2.5, 90], unreadable: [] });
  });

  it('are times', () => {
    const lines = ['2026-03-01T10:00:30Z', '2026-03-01T10:00:00.500Z', '2026-03-01T11:00:00+01:00'];
    expect(readArrivals(lines).atSeconds).toEqual([0, 0.5, 30]);
  });

  it('are told apart from what they cannot be', () => {
    expect(readArrivals(['1', 'soon', '2', '2026-13-41T00:00:00Z'])).toEqual({
      atSeconds: [0, 1],
      unreadable: [2, 4],
    });
  });

  it('are none', () => {
    expect(readArrivals([])).toEqual({ atSeconds: [], unreadable: [] });
  });
});
