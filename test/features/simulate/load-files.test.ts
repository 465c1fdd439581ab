import { describe, expect, it } from '@jest/globals';
import { createColors } from 'picocolors';
import { JobResult } from '../../../src/contract/outcomes';
import {
  formatPlain,
  LogLevel,
  type LogLine,
  LogSource,
  outcomeFields,
  outcomeText,
} from '../../../src/contract/log-lines';
import { formatByWriter } from '../../helpers/structured';
import { lineForMachines, lineForPeople } from '../../../src/features/logs/text';
import { readEvent } from '../../../src/features/logs/lines';
import { jobSeconds } from '../../../src/features/simulate/load-files';
import { fc } from '../../helpers/seeded';

const FORMATS = { plain: formatPlain, structured: formatByWriter };
const outcome = {
  result: JobResult.success,
  durationMs: 1_234,
  responseDurationMs: 5_000,
  receives: 1,
  code: 0,
  signal: null,
  reason: 'exit code 0',
};
const text = outcomeText(outcome);
const lineOf = (more: Partial<LogLine>): LogLine => ({
  time: new Date('2026-03-01T10:00:00Z'),
  source: LogSource.watcher,
  messageId: '6a3f9c1e-0b1d-4c1e-9f5c-2f6f8f1b7a10',
  text,
  level: LogLevel.info,
  ...more,
});
const SHOWN = {
  'for people': (line: string, task: string) =>
    lineForPeople(readEvent(eventOf(line, task)), createColors(false)),
  'for machines': (line: string, task: string) => lineForMachines(readEvent(eventOf(line, task))),
  'as it was written': (line: string) => line,
};
const eventOf = (line: string, task: string) => ({ id: 'x', timeMs: 1_772_359_200_123, task, line });

describe.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])('a line of the log, %s', (format) => {
  describe.each(Object.entries(SHOWN))('%s', (_, show) => {
    it.each(['0123456789abcdef0123456789abcdef', 'local'])(
      'tells how long the job took, of task %s',
      (task) => {
        const fields = outcomeFields(outcome);
        expect(jobSeconds(show(FORMATS[format](lineOf({ fields })), task))).toBe(1.234);
      },
    );

    it('of a worker has none, whatever it writes', () => {
      const written = fc.oneof(fc.constant(text), fc.string({ unit: 'binary' }), fc.json());
      fc.assert(
        fc.property(written, (mine) => {
          const line = FORMATS[format](lineOf({ source: LogSource.worker, text: mine }));
          expect(jobSeconds(show(line, 'local'))).toBeUndefined();
        }),
      );
    });

    it.each(Object.values(JobResult).filter((result) => result !== JobResult.success))(
      'of a job that ended in %s tells of none: it may have ended far too soon',
      (result) => {
        const ended = { ...outcome, result };
        const line = lineOf({ text: outcomeText(ended), fields: outcomeFields(ended) });
        expect(jobSeconds(show(FORMATS[format](line), 'local'))).toBeUndefined();
      },
    );

    it('that is no outcome has none', () => {
      expect(
        jobSeconds(show(FORMATS[format](lineOf({ text: 'stopping', messageId: undefined })), 'local')),
      ).toBe(undefined);
    });
  });
});

it.each(['', 'Wrote log.txt', '{"line":5}', '{', text])('no line of a log: %j', (line) => {
  expect(jobSeconds(line)).toBeUndefined();
});
