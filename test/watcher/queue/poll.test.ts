import { describe, expect, it } from '@jest/globals';
import { describeError } from '../../../src/watcher/log';
import { createPoll } from '../../../src/watcher/queue/poll';
import type { Queue } from '../../../src/watcher/queue/queue';
import { createFakeClock } from '../../helpers/fake-clock';
import { testMessage } from '../../helpers/jobs';
import { createTestLog } from '../../helpers/test-log';

type Receive = Queue['receive'];

function start(receive: Receive) {
  const clock = createFakeClock();
  const log = createTestLog();
  const stop = new AbortController();
  const abort = new AbortController();
  const stages: string[] = [];
  let calls = 0;
  const poll = createPoll({
    queue: {
      receive: (maxMessages, options) => {
        calls += 1;
        return receive(maxMessages, options);
      },
    },
    liveness: {
      begin: (stage) => {
        stages.push(stage);
        return () => void stages.push(`no longer ${stage}`);
      },
    },
    log,
    clock,
    random: () => 0,
    stopping: stop.signal,
    abort: abort.signal,
  });
  return { clock, log, stop, abort, poll, stages, calls: () => calls };
}

const refused = () => Promise.reject(new Error('refused'));
const untilAborted: Receive = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });

describe('a poll', () => {
  it('gives what was received', async () => {
    const { poll, log } = start((maxMessages) =>
      Promise.resolve([testMessage({ messageId: String(maxMessages) })]),
    );
    expect(await poll(7)).toEqual([testMessage({ messageId: '7' })]);
    expect(log.lines).toEqual([]);
  });

  it('that fails is an empty one after a pause, which grows', async () => {
    const { clock, poll } = start(refused);
    for (const pauseMs of [125, 250, 500, 1000]) {
      let isOver = false;
      const polled = poll(1).then((messages) => {
        isOver = true;
        return messages;
      });
      await clock.advance(pauseMs - 1);
      expect(isOver).toBe(false);
      await clock.advance(1);
      expect(await polled).toEqual([]);
    }
  });

  it('that fails is no busy loop: an hour away is few calls', async () => {
    const { clock, poll, calls, stop } = start(refused);
    const loop = (async () => {
      while (!stop.signal.aborted) await poll(1);
    })();
    await clock.advance(3_600_000);
    expect(calls()).toBeLessThan(260);
    stop.abort();
    await loop;
  });

  it('that fails again is logged once, and once more when it is over; a single failure is not', async () => {
    let isAway = true;
    const { clock, log, poll } = start(() => (isAway ? refused() : Promise.resolve([])));
    for (const away of [true, true, true, false, false, true, false, true, true, false]) {
      isAway = away;
      const polled = poll(1);
      await clock.advance(30_000);
      await polled;
    }
    expect(log.lines).toEqual([
      'error cannot receive: Error: refused; trying on',
      'info SQS answers again',
      'error cannot receive: Error: refused; trying on',
      'info SQS answers again',
    ]);
  });

  it('says how far it has come: that it receives, and that it waits after a failure', async () => {
    let isAway = true;
    const { clock, poll, stages } = start(() => (isAway ? refused() : Promise.resolve([])));
    const polled = poll(1);
    expect(stages).toEqual(['receiving']);
    await clock.advance(0);
    expect(stages).toEqual(['receiving', 'no longer receiving', 'backing off']);
    await clock.advance(125);
    await polled;
    isAway = false;
    await poll(1);
    expect(stages.slice(-2)).toEqual(['receiving', 'no longer receiving']);
  });

  it('that fails together with others counts as one failure, and all wait together', async () => {
    const { clock, log, poll } = start(refused);
    const ends: number[] = [];
    const round = async () => {
      const polled = [1, 2, 3].map(async () => {
        await poll(1);
        ends.push(clock.now());
      });
      await clock.advance(1_000);
      await Promise.all(polled);
    };
    const beganMs = clock.now();
    await round();
    expect(ends).toEqual([beganMs + 125, beganMs + 125, beganMs + 125]);
    expect(log.lines).toEqual([]);
    await round();
    expect(ends.slice(3)).toEqual([beganMs + 1_250, beganMs + 1_250, beganMs + 1_250]);
    expect(log.lines).toEqual(['error cannot receive: Error: refused; trying on']);
  });

  it('that succeeds makes the next pause short again', async () => {
    let isAway = true;
    const { clock, poll } = start(() => (isAway ? refused() : Promise.resolve([])));
    for (let failure = 0; failure < 5; failure += 1) {
      const polled = poll(1);
      await clock.advance(30_000);
      await polled;
    }
    isAway = false;
    await poll(1);
    isAway = true;
    const polled = poll(1);
    await clock.advance(125);
    expect(await polled).toEqual([]);
  });
});

describe('a poll of a task that is to end', () => {
  it('is not begun', async () => {
    const { poll, stop, calls } = start(() => Promise.resolve([testMessage()]));
    stop.abort();
    expect(await poll(1)).toEqual([]);
    expect(calls()).toBe(0);
  });

  it('still gives what SQS has handed out', async () => {
    const { poll, stop } = start(() => {
      stop.abort();
      return Promise.resolve([testMessage()]);
    });
    expect(await poll(1)).toHaveLength(1);
  });

  it('ends its pause at once', async () => {
    const { clock, poll, stop } = start(refused);
    const polled = poll(1);
    await clock.advance(1);
    stop.abort();
    expect(await polled).toEqual([]);
  });

  it('is given up when that is asked for, without a line of log', async () => {
    const { log, poll, abort } = start(untilAborted);
    const polled = poll(1);
    abort.abort();
    expect(await polled).toEqual([]);
    expect(log.lines).toEqual([]);
  });
});

describe('an error', () => {
  it.each([
    [new TypeError('no'), 'TypeError: no'],
    // As Node has it for a host with several addresses, none of which answers.
    [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'AggregateError: ECONNREFUSED'],
    ['text', 'text'],
    [undefined, 'undefined'],
  ])('%p is described as %s', (error, text) => {
    expect(describeError(error)).toBe(text);
  });
});
