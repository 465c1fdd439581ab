import { describe, expect, it } from '@jest/globals';
import { EventEmitter, getMaxListeners } from 'node:events';
import { createStopCourse, longestPollSeconds, onStopSignals, stopTimes } from '../../src/watcher/stop';
import { createFakeClock } from '../helpers/fake-clock';
import { createTestLog } from '../helpers/test-log';

function start() {
  const process = new EventEmitter();
  const log = createTestLog();
  let kills = 0;
  const { stopping, hurry, abortPoll, stop } = onStopSignals({
    process,
    log,
    killAll: () => void (kills += 1),
  });
  return {
    log,
    stop,
    send: (event: string) => process.emit(event),
    state: () => ({
      stopping: stopping.aborted,
      hurry: hurry.aborted,
      abortPoll: abortPoll.aborted,
      kills,
    }),
  };
}

describe("a cause of the watcher's own", () => {
  it('begins the stop, and the SIGTERM that ECS sends then hurries nothing', () => {
    const { stop, send, state, log } = start();
    stop('the time is over');
    send('SIGTERM');
    expect(state()).toEqual({ stopping: true, hurry: false, abortPoll: false, kills: 0 });
    send('SIGTERM');
    expect(state()).toMatchObject({ hurry: true, kills: 0 });
    expect(log.lines).toEqual([
      'info the time is over: stopping',
      'info SIGTERM: stopping',
      'warn SIGTERM again: telling the workers',
    ]);
  });

  it('that comes after a signal changes nothing', () => {
    const { stop, send, state, log } = start();
    send('SIGTERM');
    stop('the time is over');
    expect(state()).toEqual({ stopping: true, hurry: false, abortPoll: false, kills: 0 });
    expect(log.lines).toEqual(['info SIGTERM: stopping']);
  });
});

describe('a signal to stop', () => {
  it('is not given before it comes', () => {
    expect(start().state()).toEqual({ stopping: false, hurry: false, abortPoll: false, kills: 0 });
  });

  it.each([
    { events: ['SIGTERM'], hurry: false, abortPoll: false, kills: 0, lines: ['info SIGTERM: stopping'] },
    { events: ['SIGINT'], hurry: true, abortPoll: true, kills: 0, lines: ['info SIGINT: stopping'] },
    {
      events: ['disconnect'],
      hurry: true,
      abortPoll: true,
      kills: 0,
      lines: ['info the parent process is gone: stopping'],
    },
    {
      events: ['SIGTERM', 'SIGTERM'],
      hurry: true,
      abortPoll: false,
      kills: 0,
      lines: ['info SIGTERM: stopping', 'warn SIGTERM again: telling the workers'],
    },
    {
      events: ['SIGTERM', 'SIGTERM', 'SIGTERM'],
      hurry: true,
      abortPoll: false,
      kills: 1,
      lines: [
        'info SIGTERM: stopping',
        'warn SIGTERM again: telling the workers',
        'warn SIGTERM again: killing the workers',
      ],
    },
    {
      events: ['SIGTERM', 'SIGINT'],
      hurry: true,
      abortPoll: true,
      kills: 0,
      lines: ['info SIGTERM: stopping', 'warn SIGINT again: telling the workers'],
    },
    {
      events: ['SIGINT', 'SIGTERM'],
      hurry: true,
      abortPoll: true,
      kills: 1,
      lines: ['info SIGINT: stopping', 'warn SIGTERM again: killing the workers'],
    },
    {
      events: ['SIGINT', 'SIGINT', 'SIGINT'],
      hurry: true,
      abortPoll: true,
      kills: 2,
      lines: [
        'info SIGINT: stopping',
        'warn SIGINT again: killing the workers',
        'warn SIGINT again: killing the workers',
      ],
    },
  ])('$events', ({ events, lines, ...state }) => {
    const { log, send, state: now } = start();
    events.forEach(send);
    expect(now()).toEqual({ stopping: true, ...state });
    expect(log.lines).toEqual(lines);
  });
});

const seconds = (stopTimeoutSeconds: number, stopNoticeSeconds: number) => {
  const times = Object.entries(stopTimes({ stopTimeoutSeconds, stopNoticeSeconds }));
  return Object.fromEntries(times.map(([name, ms]) => [name.replace('Ms', ''), ms / 1000]));
};

describe('a stop', () => {
  it.each([
    { timeout: 120, notice: 15, tell: 100, kill: 115 },
    { timeout: 120, notice: 115, tell: 0, kill: 115 },
    { timeout: 120, notice: 1, tell: 114, kill: 115 },
    { timeout: 30, notice: 15, tell: 10, kill: 25 },
    // In effect never more than what is left.
    { timeout: 10, notice: 15, tell: 0, kill: 5 },
    { timeout: 30, notice: 100, tell: 0, kill: 25 },
    // Less than the plugin lets through, from another template.
    { timeout: 6, notice: 15, tell: 0, kill: 3 },
    { timeout: 2, notice: 15, tell: 0, kill: 1 },
    { timeout: 1, notice: 15, tell: 0, kill: 0.5 },
  ])(
    'of $timeout s with a notice of $notice s tells after $tell s, kills after $kill s',
    ({ timeout, notice, ...more }) => {
      const { tell, kill, abandon, giveUp, end } = seconds(timeout, notice);
      expect({ tell, kill }).toEqual(more);
      const inOrder = [tell, kill, abandon, giveUp, end, timeout] as number[];
      expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
      expect(end).toBeLessThan(timeout);
    },
  );

  it.each([
    { timeout: 120, poll: 115 },
    { timeout: 10, poll: 5 },
    { timeout: 6, poll: 3 },
    { timeout: 2, poll: 1 },
    // A poll that does not wait at all would make a busy loop.
    { timeout: 1, poll: 1 },
  ])('of $timeout s: a poll waits for $poll s at most', ({ timeout, poll }) => {
    expect(longestPollSeconds({ stopTimeoutSeconds: timeout })).toBe(poll);
  });
});

describe('the course of a stop', () => {
  function start() {
    const clock = createFakeClock();
    const [stop, hurry, abortPoll] = [new AbortController(), new AbortController(), new AbortController()];
    const signals = {
      stopping: stop.signal,
      hurry: hurry.signal,
      abortPoll: abortPoll.signal,
      stop: () => {
        stop.abort();
      },
    };
    const settings = { stopTimeoutSeconds: 30, stopNoticeSeconds: 15 };
    const course = createStopCourse(signals, settings, clock);
    const given = () =>
      (['stopping', 'telling', 'killing', 'abandoning', 'givingUp', 'ending'] as const).filter(
        (name) => course[name].aborted,
      );
    return { clock, stop, hurry, course, given };
  }

  it('does not begin by itself', async () => {
    const { clock, given } = start();
    await clock.advance(1_000_000);
    expect(given()).toEqual([]);
  });

  it('goes on by its times, each of which comes before the end', async () => {
    const { clock, stop, given, course } = start();
    await clock.advance(100_000);
    stop.abort();
    expect(given()).toEqual(['stopping']);
    expect(course.msToKill()).toBe(25_000);
    for (const [ms, name] of [
      [10_000, 'telling'],
      [15_000, 'killing'],
      [2_000, 'abandoning'],
      [2_000, 'givingUp'],
      [500, 'ending'],
    ] as const) {
      await clock.advance(ms - 1);
      expect(given()).not.toContain(name);
      await clock.advance(1);
      expect(given().at(-1)).toBe(name);
    }
  });

  it('tells at once in a hurry, and kills no earlier', async () => {
    const { clock, stop, hurry, given, course } = start();
    stop.abort();
    await clock.advance(1_000);
    hurry.abort();
    expect(given()).toEqual(['stopping', 'telling']);
    expect(course.msToKill()).toBe(24_000);
  });
});

// Settlements that SQS refuses wait side by side, one for each message; of the eleventh Node says that it leaks.
it('has signals for which any number may wait', () => {
  const process = { on: () => undefined };
  const signals = onStopSignals({ process, log: createTestLog(), killAll: () => undefined });
  const settings = { stopTimeoutSeconds: 120, stopNoticeSeconds: 15 };
  const course = createStopCourse(signals, settings, createFakeClock());
  const all = Object.entries({ ...signals, ...course }).filter(([, each]) => each instanceof AbortSignal);
  expect(all).toHaveLength(8);
  const most = all.map(([name, signal]) => [name, getMaxListeners(signal as AbortSignal)]);
  expect(most).toEqual(most.map(([name]) => [name, Infinity]));
});
