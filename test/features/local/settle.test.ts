import { describe, expect, it } from '@jest/globals';
import { JobResult } from '../../../src/contract/outcomes';
import { formatPlain, LogLevel, LogSource, outcomeText, receivedText } from '../../../src/contract/log-lines';
import { systemClock } from '../../../src/shared/clock';
import { Tally } from '../../../src/features/local/settle';

const never = new AbortController().signal;

const watcherLine = (messageId: string, text: string) =>
  formatPlain({ time: new Date(0), source: LogSource.watcher, level: LogLevel.info, messageId, text });

const outcome = (messageId: string, result: JobResult) =>
  watcherLine(
    messageId,
    outcomeText({
      result,
      durationMs: 1,
      responseDurationMs: 2,
      receives: 1,
      code: 0,
      signal: null,
      reason: result,
    }),
  );

describe('a tally', () => {
  it.each([
    { name: 'straight to the queue', topicId: undefined, sentId: 'q' },
    { name: 'through a topic, which gives another id', topicId: 't', sentId: 't' },
  ])('follows a message that was sent $name', async ({ topicId, sentId }) => {
    const tally = new Tally(systemClock);
    tally.sent(sentId, 'hello');
    tally.line(watcherLine('q', receivedText({ receives: 1, topicMessageId: topicId })));
    tally.line(outcome('q', JobResult.failure));
    expect(tally.reports()).toMatchObject([{ fate: 'open' }]);

    const settled = tally.whenSettled(10_000, never);
    tally.line(outcome('q', JobResult.success));

    expect(await settled).toBe(true);
    expect(tally.reports()).toEqual([
      {
        body: 'hello',
        fate: 'done',
        receives: [
          { result: 'failure', receives: 1, reason: 'failure' },
          { result: 'success', receives: 1, reason: 'success' },
        ],
      },
    ]);
  });

  it('knows a message whose job was done before its sender had the answer', async () => {
    const tally = new Tally(systemClock);
    tally.line(watcherLine('q', receivedText({ receives: 1, topicMessageId: 't' })));
    tally.line(outcome('q', JobResult.rejected));
    tally.sent('t', 'hello');
    expect(await tally.whenSettled(10_000, never)).toBe(true);
    expect(tally.reports()).toMatchObject([{ fate: 'rejected' }]);
  });

  it.each([JobResult.failure, JobResult.noop, JobResult.released])(
    'leaves a message open after %s',
    (result) => {
      const tally = new Tally(systemClock);
      tally.sent('q', 'hello');
      tally.line(outcome('q', result));
      expect(tally.reports()).toMatchObject([{ fate: 'open' }]);
    },
  );

  it('knows a dead letter', async () => {
    const tally = new Tally(systemClock);
    tally.sent('q', 'hello');
    tally.deadLettered('q');
    expect(await tally.whenSettled(10_000, never)).toBe(true);
    expect(tally.reports()).toMatchObject([{ fate: 'dead-lettered' }]);
  });

  it('is not deceived by a worker', () => {
    const tally = new Tally(systemClock);
    tally.sent('q', 'hello');
    const forged = outcome('q', JobResult.success);
    tally.line(
      formatPlain({
        time: new Date(0),
        source: LogSource.worker,
        level: LogLevel.info,
        messageId: 'q',
        text: forged,
      }),
    );
    expect(tally.reports()).toMatchObject([{ fate: 'open' }]);
  });

  it('gives up after the timeout', async () => {
    const tally = new Tally(systemClock);
    tally.sent('q', 'hello');
    expect(await tally.whenSettled(1, never)).toBe(false);
  });

  it.each(['before', 'while'])('gives up at the signal, %s it waits', async (when) => {
    const tally = new Tally(systemClock);
    tally.sent('q', 'hello');
    const stopping = new AbortController();
    if (when === 'before') stopping.abort();
    const settled = tally.whenSettled(60_000, stopping.signal);
    stopping.abort();
    expect(await settled).toBe(false);
  });

  it('is as fast with many messages as with few', async () => {
    const tally = new Tally(systemClock);
    const ids = Array.from({ length: 20_000 }, (_, index) => `q${index}`);
    ids.forEach((id) => {
      tally.sent(id, id);
    });
    ids.forEach((id) => {
      tally.line(outcome(id, JobResult.success));
    });
    expect(await tally.whenSettled(10_000, never)).toBe(true);
  });
});

describe('a message that is sent anew', () => {
  it('is followed to its end by its copies, through a topic too', () => {
    const tally = new Tally(systemClock);
    tally.sent('sns-1', 'hello');
    const say = (id: string, text: string) => {
      tally.line(`[Tue, 24 Nov 2026 08:00:00 GMT] [watcher] [${id}] ${text}`);
    };
    say('first', 'received (receive 1, SNS message sns-1)');
    say('first', '[noop] after 1 ms, 2 ms since sent, receive 1 (exit code 4: no-op)');
    say('first', 'sent anew as second, since this receive is not to count');
    say('second', 'received (receive 1, SNS message sns-1)');
    say('second', '[failure] after 1 ms, 2 ms since sent, receive 1 (exit code 1)');
    say('second', 'sent anew as third, since not all of its receives were tries');
    expect(tally.reports()).toMatchObject([{ fate: 'open' }]);
    say('third', '[success] after 1 ms, 2 ms since sent, receive 1 (exit code 0)');
    expect(tally.reports()).toMatchObject([
      { fate: 'done', receives: [{ result: 'noop' }, { result: 'failure' }, { result: 'success' }] },
    ]);
  });

  it.each([
    { name: 'straight from the queue', more: '', sentId: 'first' },
    { name: 'through a topic', more: ', SNS message sns-1', sentId: 'sns-1' },
  ])(
    'is followed $name, also if its copy is faster than the line that tells of it',
    async ({ more, sentId }) => {
      const tally = new Tally(systemClock);
      tally.sent(sentId, 'hello');
      const say = (id: string, text: string) => {
        tally.line(`[Tue, 24 Nov 2026 08:00:00 GMT] [watcher] [${id}] ${text}`);
      };
      say('first', `received (receive 1${more})`);
      say('first', '[noop] after 1 ms, 2 ms since sent, receive 1 (exit code 4: no-op)');
      say('second', `received (receive 1${more})`);
      say('second', '[success] after 1 ms, 2 ms since sent, receive 1 (exit code 0)');
      say('first', 'sent anew as second, since its receives are used up');
      expect(await tally.whenSettled(1000, never)).toBe(true);
      expect(tally.reports()).toMatchObject([
        { body: 'hello', fate: 'done', receives: [{ result: 'noop' }, { result: 'success' }] },
      ]);
    },
  );
});
