import { describe, expect, it } from '@jest/globals';
import { JobResult } from '../../src/contract/outcomes';
import {
  formatPlain,
  LogLevel,
  type LogLine,
  LogSource,
  type Outcome,
  outcomeFields,
  outcomeText,
  outcomeTimes,
  readLine,
  receivedText,
} from '../../src/contract/log-lines';
import { formatByWriter, WRITER } from '../helpers/structured';
import { parseObject } from '../../src/shared/json';
import { fc } from '../helpers/seeded';

const FORMATS = { plain: formatPlain, structured: formatByWriter };
const formats = Object.keys(FORMATS) as (keyof typeof FORMATS)[];
const messageId = '6f7c1c1e-0000-4000-8000-000000000000';

const line = (parts: Partial<LogLine> & { text: string }): LogLine => ({
  time: new Date('2026-03-01T10:00:00.123Z'),
  source: LogSource.watcher,
  messageId,
  level: LogLevel.info,
  ...parts,
});
/** As the watcher's logger makes it of a line of a worker's output. */
const workerLine = (text: string) => line({ source: LogSource.worker, text, fields: parseObject(text) });
const outcome = (parts: Partial<Outcome> = {}): Outcome => ({
  result: JobResult.failure,
  durationMs: 1_200,
  responseDurationMs: 3_400,
  receives: 2,
  code: 1,
  signal: null,
  reason: 'exit code 1',
  ...parts,
});
const outcomeLine = (given: Outcome) => line({ text: outcomeText(given), fields: outcomeFields(given) });

describe('the version of a worker', () => {
  const given = outcome({ version: '0a1b2c3d', reason: 'exit code 1) of version 7 (b', peakMemoryMiB: 45 });

  it('stands behind what metrics read, and is no part of the reason', () => {
    expect(outcomeText(outcome({ version: '0a1b2c3d' }))).toBe(
      '[failure] after 1200 ms, 3400 ms since sent, receive 2 of version 0a1b2c3d (exit code 1)',
    );
    for (const format of formats) {
      expect(readLine(FORMATS[format](outcomeLine(given))).outcome).toEqual({
        result: 'failure',
        receives: 2,
        reason: given.reason,
      });
    }
    expect(outcomeTimes(outcomeText(given))).toEqual({ durationMs: 1_200, responseDurationMs: 3_400 });
  });

  it('is a field of a structured line, where it is asked for', () => {
    expect(JSON.parse(formatByWriter(outcomeLine(given)))).toMatchObject({ version: '0a1b2c3d' });
    expect(JSON.parse(formatByWriter(outcomeLine(outcome())))).not.toHaveProperty('version');
  });
});

describe('the peak memory of a job', () => {
  const given = outcome({ peakMemoryMiB: 45, reason: 'exit code 1), peak memory 7 MiB' });

  it('stands behind what metrics read, and is no part of the reason', () => {
    expect(outcomeText(outcome({ peakMemoryMiB: 45 }))).toBe(
      '[failure] after 1200 ms, 3400 ms since sent, receive 2 (exit code 1), peak memory 45 MiB',
    );
    for (const format of formats) {
      expect(readLine(FORMATS[format](outcomeLine(given))).outcome?.reason).toBe(given.reason);
    }
    expect(outcomeTimes(outcomeText(given))).toEqual({ durationMs: 1_200, responseDurationMs: 3_400 });
  });

  it('is a number of a structured line, where it is known', () => {
    expect(JSON.parse(formatByWriter(outcomeLine(given)))).toMatchObject({ peak_memory_mib: 45 });
    expect(JSON.parse(formatByWriter(outcomeLine(outcome())))).not.toHaveProperty('peak_memory_mib');
  });
});

describe('a line is', () => {
  it('as in Watchbot', () => {
    expect(formatPlain(line({ text: 'hello' }))).toBe(
      `[Sun, 01 Mar 2026 10:00:00 GMT] [watcher] [${messageId}] hello`,
    );
    expect(formatPlain(line({ text: 'hello', messageId: undefined }))).toBe(
      '[Sun, 01 Mar 2026 10:00:00 GMT] [watcher] [-] hello',
    );
  });

  it('one JSON object where the log is structured', () => {
    expect(JSON.parse(formatByWriter(outcomeLine(outcome())))).toEqual({
      v: 0,
      name: 'watcher',
      ...WRITER,
      level: 30,
      time: '2026-03-01T10:00:00.123Z',
      source: 'watcher',
      watchbot_sqs_message_id: messageId,
      msg: '[failure] after 1200 ms, 3400 ms since sent, receive 2 (exit code 1)',
      worker_event: 'failure',
      duration: 1_200,
      response_duration: 3_400,
      receives: 2,
      code: 1,
      signal: null,
      reason: 'exit code 1',
    });
  });
});

describe.each(formats)('what is written is read back (%s)', (format) => {
  const writeAndRead = (given: LogLine) => readLine(FORMATS[format](given));

  it.each(Object.values(JobResult))('the outcome %s', (result) => {
    const given = outcome({ result, receives: 3, reason: 'stopped (after 5 s) [twice]' });
    expect(writeAndRead(outcomeLine(given))).toMatchObject({
      source: 'watcher',
      messageId,
      outcome: { result, receives: 3, reason: given.reason },
    });
  });

  it('whatever the reason and the numbers of an outcome', () => {
    const outcomes = fc.record({
      result: fc.constantFrom(...Object.values(JobResult)),
      durationMs: fc.nat(),
      responseDurationMs: fc.nat(),
      receives: fc.nat(),
      reason: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(outcomes, (parts) => {
        const { result, receives, reason } = parts;
        expect(writeAndRead(outcomeLine(outcome(parts))).outcome).toEqual({ result, receives, reason });
      }),
    );
  });

  it.each([
    [{}, 'received (receive 1)'],
    [{ topicMessageId: '0a1b-2c' }, 'received (receive 1, SNS message 0a1b-2c)'],
    [{ invocationId: '3d-4e' }, 'received (receive 1, invocation 3d-4e)'],
    [
      { topicMessageId: '0a1b-2c', invocationId: '3d-4e' },
      'received (receive 1, SNS message 0a1b-2c, invocation 3d-4e)',
    ],
  ])('the beginning of a job, with what else it is known by: %j', (ids, text) => {
    expect(receivedText({ receives: 1, topicMessageId: undefined, ...ids })).toBe(text);
    expect(writeAndRead(line({ text }))).toMatchObject({ messageId, text, ...ids });
  });

  it('a line of the watcher about no message', () => {
    const { messageId: id, text, source } = writeAndRead(line({ text: 'stopping', messageId: undefined }));
    expect({ id, text, source }).toEqual({ id: undefined, text: 'stopping', source: 'watcher' });
  });

  it('any line of a worker, as the worker’s', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const read = writeAndRead(workerLine(text));
        expect(read).toMatchObject({ source: 'worker', messageId });
        expect(read.outcome).toBeUndefined();
      }),
    );
  });
});

describe('a worker cannot write in the name of the watcher, or of another message', () => {
  const forged = outcomeText(outcome());
  it.each([
    forged,
    `[Sun, 01 Mar 2026 10:00:00 GMT] [watcher] [other] ${forged}`,
    `] [watcher] [other] ${forged}`,
    receivedText({ receives: 1, topicMessageId: 'other' }),
    JSON.stringify({ source: 'watcher', worker_event: 'success', watchbot_sqs_message_id: 'other' }),
    JSON.stringify({ source: 'watcher', msg: forged, watchbot_sqs_message_id: 'other', time: 0 }),
    formatByWriter({ ...outcomeLine(outcome()), messageId: 'other' }),
    '{"__proto__":{"source":"watcher","watchbot_sqs_message_id":"other"}}',
  ])('%s', (text) => {
    for (const format of formats) {
      const read = readLine(FORMATS[format](workerLine(text)));
      expect(read).toMatchObject({ source: 'worker', messageId });
      expect(read.outcome).toBeUndefined();
      expect(read.topicMessageId).toBeUndefined();
    }
  });

  it('has the fields of its JSON lines all the same', () => {
    const text = JSON.stringify({ level: 50, tile: '1/2/3', msg: 'drawn', source: 'watcher' });
    expect(JSON.parse(formatByWriter(workerLine(text)))).toMatchObject({
      level: 50,
      tile: '1/2/3',
      msg: 'drawn',
      source: 'worker',
    });
  });
});

describe('a line that was not written here', () => {
  it.each([
    '',
    'plain text',
    '[failure] after 1 ms, 1 ms since sent, receive 1 (x)',
    '[date] [nobody] [id] text',
    '{"source":"nobody","watchbot_sqs_message_id":5,"msg":5}',
    '{"msg":',
    '[1, 2]',
    'null',
  ])('has no source, message or outcome: %s', (text) => {
    const { source, messageId: id, outcome: read } = readLine(text);
    expect([source, id, read]).toEqual([undefined, undefined, undefined]);
  });

  it('is no outcome for an unknown result, even of the watcher', () => {
    const text = outcomeText(outcome()).replace('failure', 'triumph');
    expect(readLine(formatPlain(line({ text }))).outcome).toBeUndefined();
  });
});

describe('the times of an outcome', () => {
  it('are read from its text', () => {
    expect(outcomeTimes(outcomeText(outcome()))).toEqual({ durationMs: 1_200, responseDurationMs: 3_400 });
  });

  it('are not in another text', () => {
    expect(outcomeTimes('received (receive 1)')).toBeUndefined();
  });
});
