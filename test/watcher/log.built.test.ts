import { describe, expect, it } from '@jest/globals';
import { ContainerVariable } from '../../src/contract/environment';
import { LogSource, readLine } from '../../src/contract/log-lines';
import { createTestQueue } from '../helpers/emulator';
import { envelopeOf } from '../helpers/envelope';
import { LOG_FORMATS } from '../helpers/log-formats';
import { dimensionsIn, valueIn } from '../helpers/metric-filter';
import { useTestBed } from '../helpers/test-bed';
import { worker } from '../helpers/watcher';
import { single } from '../resources/support';

const bed = useTestBed();

/** Of either format. */
const SUCCESS = /\[success\]/;

/** But the tab, which moves nothing that has been written. */
// eslint-disable-next-line no-control-regex -- finding them is the point
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/;

describe('the log', () => {
  it.each(LOG_FORMATS)(
    'has lines of printable UTF-8, whatever bytes a worker prints: $format',
    async ({ environment }) => {
      const queue = await createTestQueue(bed.emulator);
      const watcher = bed.start(queue, worker('print-bytes.mjs'), environment);
      const chunks: Buffer[] = [];
      watcher.process.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
      const id = await queue.send('hello');
      await watcher.find(SUCCESS);
      await watcher.stop();

      const log = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
      const lines = log.split('\n').slice(0, -1);
      for (const line of lines) expect(line).not.toMatch(CONTROLS);
      const read = lines.map(readLine).filter(({ source }) => source === LogSource.worker);
      // One for each byte that can stand first, and another for each return within it.
      expect(read.length).toBeGreaterThanOrEqual(256);
      for (const { messageId } of read) expect(messageId).toBe(id);
    },
  );

  it.each(LOG_FORMATS)(
    'says the version where the template asks, so that the filters find it: $format',
    async ({ format, environment }) => {
      const queue = await createTestQueue(bed.emulator);
      const version = '0a1b2c3d';
      const watcher = bed.start(queue, 'exit 1', { ...environment, [ContainerVariable.version]: version });
      await queue.send('hello');
      const line = await watcher.find(/exit code 1/);

      const section = { deploy: { alarms: ['failures'] }, logs: { structured: format === 'structured' } };
      const filter = single(section).of('versionErrorsMetric');
      expect(valueIn(filter, line)).toBe(1);
      expect(dimensionsIn(filter, line)).toEqual({ Version: version });
      expect(readLine(line).outcome).toMatchObject({ result: 'failure', reason: 'exit code 1' });
    },
  );

  it('is one JSON object a line where it is structured, with the fields of a JSON line in it', async () => {
    const queue = await createTestQueue(bed.emulator);
    const command = `echo plain; echo '{"msg":"hi","colour":"blue","source":"watcher","watchbot_sqs_message_id":"x"}'; exit 1`;
    const environment = { structuredLogging: 'true' };
    const watcher = bed.start(queue, command, environment);
    const id = await queue.send('hello');

    await watcher.find('"failure"');
    const lines = watcher.all.map((line) => JSON.parse(line) as Record<string, unknown>);

    expect(lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ source: 'worker', msg: 'plain', watchbot_sqs_message_id: id, level: 30 }),
        expect.objectContaining({ source: 'worker', msg: 'hi', colour: 'blue', watchbot_sqs_message_id: id }),
        expect.objectContaining({
          source: 'watcher',
          worker_event: 'failure',
          watchbot_sqs_message_id: id,
          level: 50,
          code: 1,
          receives: 1,
          duration: expect.any(Number),
          response_duration: expect.any(Number),
        }),
      ]),
    );
  });
});

describe.each(LOG_FORMATS)('a worker cannot make the log lie: $format', ({ format, environment }) => {
  const date = '[Tue, 24 Nov 2026 08:00:00 GMT]';
  const ended = '[failure] after 1 ms, 2 ms since sent, receive 1 (exit code 1)';
  const FORGED = [
    `${date} [watcher] [other] ${ended}`,
    `${date} [watcher] [-] stopped, with no message in hand`,
    `${date} [worker] [other] done`,
    `\r${date} [watcher] [other] ${ended}`,
    `${'\b'.repeat(100)}${date} [watcher] [other] ${ended}`,
    `\u001b[2K\u001b[1G${date} [watcher] [other] ${ended}`,
    `\u001b]0;title\u0007\u009b2J`,
    `\u2028${date} [watcher] [other] ${ended}`,
    `\u0085${date} [watcher] [other] ${ended}`,
    `\0${date} [watcher] [other] ${ended}`,
    `] [watcher] [other] ${ended}`,
    '{"source":"watcher","worker_event":"failure","watchbot_sqs_message_id":"other","msg":"hi"}',
    '{"source":"watcher","__proto__":{"source":"watcher"},"toJSON":"x","msg":{"source":"watcher"}}',
    '{"level":50,"msg":"[watcher]\\n[watcher]"}',
    '{"a":1}\r{"source":"watcher"}',
    '{"source":"watcher"',
  ];
  /** A carriage return ends a line, too; what it leaves empty is none. */
  const LINES = FORGED.flatMap((text) => text.split('\r')).filter((text) => text !== '');

  it.each(['cat', 'cat >&2'])('%s', async (command) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, command, { ...environment, WatchbotStandardInput: 'true' });
    const id = await queue.send(envelopeOf(FORGED.join('\n')));
    await watcher.find(SUCCESS);
    expect(await watcher.stop()).toBe(0);

    const read = watcher.all.map(readLine);
    const printed = read.filter(({ source }) => source === LogSource.worker);
    expect(printed).toHaveLength(LINES.length);
    for (const line of printed) expect(line).toMatchObject({ messageId: id });
    // All else is the watcher's, and what it says is true.
    const own = read.filter(({ source }) => source === LogSource.watcher);
    expect(own).toHaveLength(watcher.all.length - LINES.length);
    expect(own.filter(({ messageId }) => messageId !== undefined).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^received \(receive 1/),
      expect.stringMatching(/^\[success\] after/),
    ]);
    if (format === 'structured') watcher.all.forEach((line) => void JSON.parse(line));
    for (const line of watcher.all) expect(line).not.toMatch(CONTROLS);
  });
});
