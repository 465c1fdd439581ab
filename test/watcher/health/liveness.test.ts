import { describe, expect, it } from '@jest/globals';
import { Liveness, type Stage } from '../../../src/watcher/health/health';
import { createPoll } from '../../../src/watcher/queue/poll';
import { livenessBounds } from '../../../src/watcher/watch-queue';
import { createFakeClock } from '../../helpers/fake-clock';
import { createTestLog } from '../../helpers/test-log';

const HOUR_MS = 3_600_000;

function start({ visibilityTimeoutSeconds = 180 } = {}) {
  const clock = createFakeClock();
  const stop = new AbortController();
  const liveness = new Liveness({
    clock,
    stopping: stop.signal,
    bounds: livenessBounds({ visibilityTimeoutSeconds }),
  });
  return { clock, stop, liveness };
}

describe('the watcher', () => {
  it.each<{ stage: Stage; longestSeconds: number }>([
    // Three attempts of 60 s at most and two pauses of 25 s; the backoff's 30 s; and 10 s for timers that are late.
    { stage: 'receiving', longestSeconds: 120 },
    { stage: 'backing off', longestSeconds: 40 },
  ])('may be $stage for $longestSeconds s, and no longer', async ({ stage, longestSeconds }) => {
    const { clock, liveness } = start();
    let end = liveness.begin(stage);
    for (let round = 0; round < 3; round += 1) {
      end();
      end = liveness.begin(stage);
      liveness.beat();
      await clock.advance(longestSeconds * 1000);
      expect(liveness.problem()).toBeUndefined();
    }
    await clock.advance(1);
    expect(liveness.problem()).toBe(
      `the watcher has been ${stage} for more than ${Math.round(longestSeconds)} s`,
    );

    end();
    expect(liveness.problem()).toBeUndefined();
  });

  it('stands still in one poll, however well the others go on', async () => {
    const { clock, liveness } = start();
    liveness.begin('receiving');
    for (let poll = 0; poll < 6; poll += 1) {
      const end = liveness.begin('receiving');
      liveness.beat();
      await clock.advance(20_000);
      end();
      expect(liveness.problem()).toBeUndefined();
    }
    await clock.advance(1);
    expect(liveness.problem()).toBe('the watcher has been receiving for more than 120 s');
  });

  it('may be working for as long as heartbeats go on', async () => {
    const { clock, liveness } = start();
    for (let beat = 0; beat < 13 * 60; beat += 1) {
      await clock.advance(60_000);
      liveness.beat();
      expect(liveness.problem()).toBeUndefined();
    }
  });

  it('goes on for as long as SQS is away, and stands still in a poll that never ends', async () => {
    const { clock, stop, liveness } = start();
    let isStuck = false;
    const poll = createPoll({
      queue: {
        receive: () => (isStuck ? new Promise(() => undefined) : Promise.reject(new Error('away'))),
      },
      liveness,
      log: createTestLog(),
      clock,
      random: () => 1,
      stopping: stop.signal,
      abort: stop.signal,
    });
    void (async () => {
      for (;;) await poll(1);
    })();
    for (let minute = 0; minute < 60; minute += 1) {
      await clock.advance(60_000);
      liveness.beat();
      expect(liveness.problem()).toBeUndefined();
    }
    isStuck = true;
    await clock.advance(30_000 + 121_000);
    expect(liveness.problem()).toBe('the watcher has been receiving for more than 120 s');
  });
});

describe('heartbeats', () => {
  it.each([
    // A third of the timeout, 185 s for a call of SQS with all its attempts, and 10 s.
    { visibilityTimeoutSeconds: 1, longestMs: 90_333 },
    { visibilityTimeoutSeconds: 180, longestMs: 150_000 },
    { visibilityTimeoutSeconds: 43_200, longestMs: 4 * HOUR_MS + 90_000 },
  ])('may be $longestMs ms apart with $visibilityTimeoutSeconds s', async ({ longestMs, ...settings }) => {
    const { clock, liveness } = start(settings);
    await clock.advance(longestMs);
    expect(liveness.problem()).toBeUndefined();
    await clock.advance(1);
    expect(liveness.problem()).toBe(`no heartbeat for more than ${Math.round(longestMs / 1000)} s`);

    liveness.beat();
    expect(liveness.problem()).toBeUndefined();
  });

  it('are missed however well the loop goes on', async () => {
    const { clock, liveness } = start();
    for (let poll = 0; poll < 13; poll += 1) {
      const end = liveness.begin('receiving');
      await clock.advance(20_000);
      end();
    }
    expect(liveness.problem()).toBe('no heartbeat for more than 150 s');
  });
});

describe('told to stop', () => {
  it.each<Stage>(['receiving', 'backing off', 'retired'])('is healthy to the end: %s', async (stage) => {
    const { clock, stop, liveness } = start();
    liveness.begin(stage);
    stop.abort();
    await clock.advance(13 * HOUR_MS);
    expect(liveness.problem()).toBeUndefined();
  });
});
