import { describe, expect, it } from '@jest/globals';
import { type FormatLine, formatPlain, type Outcome } from '../../../src/contract/log-lines';
import { formatByWriter, WRITER } from '../../helpers/structured';
import { createLogger } from '../../../src/watcher/log';
import { createFakeClock } from '../../helpers/fake-clock';

function start(format: FormatLine) {
  const written: string[] = [];
  const log = createLogger({ write: (text) => void written.push(text), format, clock: createFakeClock(0) });
  const lines = () => written.join('').split('\n').slice(0, -1);
  return { log, written, lines, objects: () => lines().map((line) => JSON.parse(line) as unknown) };
}

const PLAIN = '[Thu, 01 Jan 1970 00:00:00 GMT]';
const NASTY = 'a\n\r\u001b[2J\u0085\u009b\u2028\u2029\u007fb';
const SHOWN = 'a\\u000a\\u000d\\u001b[2J\\u0085\\u009b\\u2028\\u2029\\u007fb';

const outcome = (result: Outcome['result']): Outcome => ({
  result,
  durationMs: 1200,
  responseDurationMs: 3400,
  receives: 2,
  code: 1,
  signal: null,
  reason: 'exit code 1',
});

describe('a plain log', () => {
  it('has the time, who speaks, of which message, and the text', async () => {
    const { log, lines } = start(formatPlain);
    log.info('watching');
    log.warn('late', 'm1');
    log.error('away');
    log.outcome(outcome('failure'), 'm1');
    await log.worker(['one', '', 'two'], 'm1');
    expect(lines()).toEqual([
      `${PLAIN} [watcher] [-] watching`,
      `${PLAIN} [watcher] [m1] late`,
      `${PLAIN} [watcher] [-] away`,
      `${PLAIN} [watcher] [m1] [failure] after 1200 ms, 3400 ms since sent, receive 2 (exit code 1)`,
      `${PLAIN} [worker] [m1] one`,
      `${PLAIN} [worker] [m1] `,
      `${PLAIN} [worker] [m1] two`,
    ]);
  });

  it('is one line a line, whatever is in it', async () => {
    const { log, lines } = start(formatPlain);
    log.error(NASTY, NASTY);
    log.outcome({ ...outcome('failure'), reason: NASTY }, 'm1');
    await log.worker([NASTY], 'm1');
    expect(lines()).toHaveLength(3);
    expect(lines()[0]).toBe(`${PLAIN} [watcher] [${SHOWN}] ${SHOWN}`);
    expect(lines()[1]).toContain(`(${SHOWN})`);
    expect(lines()[2]).toBe(`${PLAIN} [worker] [m1] ${SHOWN}`);
  });
});

describe('a structured log', () => {
  it('is an object a line, with the fields of an outcome', () => {
    const { log, objects } = start(formatByWriter);
    log.info('watching');
    log.outcome(outcome('failure'), 'm1');
    expect(objects()).toEqual([
      {
        v: 0,
        name: 'watcher',
        ...WRITER,
        level: 30,
        time: '1970-01-01T00:00:00.000Z',
        source: 'watcher',
        msg: 'watching',
      },
      expect.objectContaining({
        source: 'watcher',
        level: 50,
        watchbot_sqs_message_id: 'm1',
        worker_event: 'failure',
        duration: 1200,
        response_duration: 3400,
        receives: 2,
        code: 1,
        signal: null,
        reason: 'exit code 1',
        msg: '[failure] after 1200 ms, 3400 ms since sent, receive 2 (exit code 1)',
      }),
    ]);
  });

  it.each([
    ['success', 30],
    ['noop', 30],
    ['released', 30],
    ['failure', 50],
    ['rejected', 50],
  ] as const)('has %s at level %d', (result, level) => {
    const { log, objects } = start(formatByWriter);
    log.outcome(outcome(result), 'm1');
    expect(objects()).toMatchObject([{ worker_event: result, level }]);
  });

  it('takes the fields of a JSON line in, but for who speaks, when and of which message', async () => {
    const { log, objects } = start(formatByWriter);
    const forged = {
      time: 'never',
      source: 'watcher',
      watchbot_sqs_message_id: 'other',
      name: 'mine',
      a: { b: 1 },
    };
    await log.worker(
      [JSON.stringify({ ...forged, msg: 'hi', level: 50 }), JSON.stringify({ a: 1, msg: 2 })],
      'm1',
    );
    expect(objects()).toEqual([
      {
        v: 0,
        ...WRITER,
        name: 'mine',
        level: 50,
        a: { b: 1 },
        time: '1970-01-01T00:00:00.000Z',
        source: 'worker',
        watchbot_sqs_message_id: 'm1',
        msg: 'hi',
      },
      expect.objectContaining({ a: 1, source: 'worker', msg: '{"a":1,"msg":2}' }),
    ]);
  });

  it('has no control character, not even in the fields of a worker, and is the same once it is read', async () => {
    const { log, lines, objects } = start(formatByWriter);
    log.error(NASTY);
    await log.worker([NASTY, JSON.stringify({ msg: NASTY, [NASTY]: NASTY })], 'm1');
    expect(lines()).toHaveLength(3);
    expect(lines().join('')).not.toMatch(/[\u2028\u2029]|\p{Cc}/u);
    expect(objects()).toMatchObject([{ msg: NASTY }, { msg: NASTY }, { msg: NASTY, [NASTY]: NASTY }]);
  });

  it.each(['{', '{"a":', '[1]', 'null', '"text"', '5', '{}{}'])('has %s as a text', async (text) => {
    const { log, objects } = start(formatByWriter);
    await log.worker([text], 'm1');
    expect(objects()).toMatchObject([{ msg: text, source: 'worker' }]);
  });
});

describe('the lines of a worker', () => {
  it('are written together, and waited for until the log takes more', async () => {
    let takeMore: () => void = () => undefined;
    const written: string[] = [];
    const log = createLogger({
      write: (text) => {
        written.push(text);
        return new Promise((resolve) => (takeMore = resolve));
      },
      format: formatPlain,
      clock: createFakeClock(0),
    });
    let isTaken = false;
    const taken = Promise.resolve(log.worker(['one', 'two'], 'm1')).then(() => (isTaken = true));
    await new Promise(setImmediate);
    expect(written).toHaveLength(1);
    expect(isTaken).toBe(false);
    takeMore();
    await taken;
  });
});

describe('what came, as Watchbot logged it', () => {
  const content = { subject: 'tile', body: 'a\n{"worker_event":"failure"}', receives: 2 };
  const fields = { subject: 'tile', message: content.body, receives: 2 };

  it('is JSON in a plain line', () => {
    const { log, lines } = start(formatPlain);
    log.content(content, 'm1');
    const [line] = lines();
    expect(line).toMatch(/ \[watcher\] \[m1\] \{/);
    expect(JSON.parse(line!.slice(line!.indexOf('{')))).toEqual(fields);
  });

  it('is fields of a structured line, and no outcome, whatever the message says', () => {
    const { log, objects } = start(formatByWriter);
    log.content(content, 'm1');
    expect(objects()).toEqual([
      expect.objectContaining({ ...fields, name: 'watcher', msg: 'message', watchbot_sqs_message_id: 'm1' }),
    ]);
    expect(objects()[0]).not.toHaveProperty('worker_event');
  });

  it.each([
    ['plain', formatPlain],
    ['structured', formatByWriter],
  ])('is without the message where that does not fit into an event: %s', (_format, format) => {
    const { log, lines } = start(format);
    log.content({ ...content, body: 'x'.repeat(262_144) }, 'm1');
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toContain('"subject":"tile"');
    expect(lines()[0]).not.toContain('xxx');
  });
});
