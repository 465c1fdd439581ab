import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { onStopSignals } from '../../src/watcher/stop-signals';
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
