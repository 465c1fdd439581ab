import { afterEach, describe, expect, it } from '@jest/globals';
import { Heartbeat } from '../../../src/watcher/queue/heartbeat';
import type { FailedEntry, VisibilityChange } from '../../../src/watcher/queue/queue';
import { createDeferred, type Deferred } from '../../helpers/deferred';
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock';
import { createTestLog } from '../../helpers/test-log';

type Answer = (changes: readonly VisibilityChange[]) => Promise<FailedEntry[]> | FailedEntry[];

const running: Heartbeat[] = [];
afterEach(() => {
  running.splice(0).forEach((heartbeat) => {
    heartbeat.stop();
  });
});

function start({ answer = () => [], timeout = 180 }: { answer?: Answer; timeout?: number } = {}) {
  const clock = createFakeClock();
  const log = createTestLog();
  const calls: (readonly VisibilityChange[])[] = [];
  const queue = {
    changeVisibilityBatch: async (changes: readonly VisibilityChange[]) => {
      calls.push(changes);
      return answer(changes);
    },
  };
  let beats = 0;
  const liveness = { beat: () => void (beats += 1) };
  const heartbeat = new Heartbeat({ queue, liveness, clock, log, visibilityTimeoutSeconds: timeout });
  running.push(heartbeat);
  const handles = () => calls.map((call) => call.map(({ receiptHandle }) => receiptHandle));
  return { clock, log, calls, handles, heartbeat, beats: () => beats };
}

const message = (id: string, clock: FakeClock) => ({
  messageId: id,
  receiptHandle: `handle-${id}`,
  receivedAtMs: clock.now(),
});

/** Calls that the test answers one by one. */
function slowly() {
  const under: Deferred<FailedEntry[]>[] = [];
  const answer = () => {
    const deferred = createDeferred<FailedEntry[]>();
    under.push(deferred);
    return deferred.promise;
  };
  return { under, answer };
}

describe('a heartbeat', () => {
  it('comes at a third of the visibility timeout, for as long as it is needed', async () => {
    const { clock, calls, heartbeat } = start();
    const one = message('one', clock);
    heartbeat.hold(one);

    await clock.advance(59_999);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls).toEqual([[{ receiptHandle: 'handle-one', timeoutSeconds: 180 }]]);
    await clock.advance(120_000);
    expect(calls).toHaveLength(3);

    await heartbeat.letGo(one);
    await clock.advance(600_000);
    expect(calls).toHaveLength(3);
  });

  it('is none while nothing is held, and none after it was stopped', async () => {
    const { clock, calls, heartbeat } = start();
    await clock.advance(600_000);
    heartbeat.hold(message('one', clock));
    heartbeat.stop();
    await clock.advance(600_000);
    expect(calls).toEqual([]);
  });

  it('counts as progress with nothing to hold and when SQS refuses, but not while a call hangs', async () => {
    const { under, answer } = slowly();
    const { clock, beats, heartbeat } = start({ answer });
    await clock.advance(180_000);
    expect(beats()).toBe(3);
    const one = message('one', clock);
    heartbeat.hold(one);
    await clock.advance(60_000);
    expect(beats()).toBe(4);
    void heartbeat.letGo(one);
    await clock.advance(600_000);
    expect(beats()).toBe(4);
    under[0]!.reject(new Error('cut'));
    await clock.advance(60_000);
    expect(beats()).toBe(6);
  });

  it('holds ten messages a call', async () => {
    const { clock, calls, heartbeat } = start();
    for (let index = 0; index < 23; index += 1) heartbeat.hold(message(String(index), clock));
    await clock.advance(60_000);
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(new Set(calls.flat().map(({ receiptHandle }) => receiptHandle)).size).toBe(23);
  });

  it('never asks for more than the 12 hours of SQS', async () => {
    const { clock, calls, heartbeat } = start({ timeout: 3600 });
    const long = message('long', clock);
    heartbeat.hold(long);
    await clock.advance(12 * 3_600_000 + 7_200_000);
    const asked = calls.flatMap(([change], index) => ({
      heldSeconds: (index + 1) * 1200,
      timeoutSeconds: change!.timeoutSeconds,
    }));
    expect(asked[0]).toEqual({ heldSeconds: 1200, timeoutSeconds: 3600 });
    expect(asked.at(32)).toEqual({ heldSeconds: 39_600, timeoutSeconds: 3599 });
    expect(asked.at(34)).toEqual({ heldSeconds: 42_000, timeoutSeconds: 1199 });
    expect(asked.at(-1)!.timeoutSeconds).toBe(0);
    for (const { heldSeconds, timeoutSeconds } of asked.slice(0, 35)) {
      expect(heldSeconds + timeoutSeconds).toBeLessThan(43_200);
    }
  });
});

describe('a message that was let go', () => {
  it('waits for the beat that is under way, so that a late one cannot undo its settlement', async () => {
    const { under, answer } = slowly();
    const { clock, heartbeat } = start({ answer });
    const one = message('one', clock);
    heartbeat.hold(one);
    await clock.advance(60_000);
    let isGone = false;
    const gone = heartbeat.letGo(one).then(() => (isGone = true));
    await clock.advance(1000);
    expect(isGone).toBe(false);

    under[0]!.resolve([]);
    await gone;
    await clock.advance(600_000);
    expect(under).toHaveLength(1);
  });

  it('goes at once where it came after the beat under way had begun, however long that takes', async () => {
    const { under, answer } = slowly();
    const { clock, heartbeat } = start({ answer });
    heartbeat.hold(message('one', clock));
    await clock.advance(60_000);
    const two = message('two', clock);
    heartbeat.hold(two);
    await heartbeat.letGo(two);
    expect(under).toHaveLength(1);
  });

  it('goes even when the beat that is under way fails', async () => {
    const { under, answer } = slowly();
    const { clock, heartbeat } = start({ answer });
    const one = message('one', clock);
    heartbeat.hold(one);
    await clock.advance(60_000);
    const gone = heartbeat.letGo(one);
    under[0]!.reject(new Error('cut'));
    await expect(gone).resolves.toBeUndefined();
  });

  it('is not in the beat that waits behind a slow one, nor waits for that', async () => {
    const { under, answer } = slowly();
    const { clock, handles, heartbeat } = start({ answer });
    const [one, two] = [message('one', clock), message('two', clock)];
    heartbeat.hold(one);
    heartbeat.hold(two);
    await clock.advance(120_000);
    const gone = heartbeat.letGo(one);
    under[0]!.resolve([]);
    await gone;
    await clock.advance(0);
    expect(handles()).toEqual([['handle-one', 'handle-two'], ['handle-two']]);
  });
});

describe('a slow call', () => {
  it('is followed by one beat, however many have become due', async () => {
    const { under, answer } = slowly();
    const { clock, calls, heartbeat } = start({ answer });
    heartbeat.hold(message('one', clock));
    await clock.advance(600_000);
    expect(calls).toHaveLength(1);

    under[0]!.resolve([]);
    await clock.advance(0);
    expect(calls).toHaveLength(2);
    under[1]!.resolve([]);
    await clock.advance(0);
    expect(calls).toHaveLength(2);
    await clock.advance(60_000);
    expect(calls).toHaveLength(3);
  });
});

describe('a heartbeat that fails', () => {
  it('is logged once, and once when it is back', async () => {
    let isAway = true;
    const answer = () => (isAway ? Promise.reject(new Error('no route')) : []);
    const { clock, log, calls, heartbeat } = start({ answer });
    heartbeat.hold(message('one', clock));
    await clock.advance(180_000);
    isAway = false;
    await clock.advance(180_000);
    expect(calls).toHaveLength(6);
    expect(log.lines).toEqual([
      'error cannot hold messages: Error: no route; trying on',
      'info messages can be held again',
    ]);
  });

  it('is no more than one line where just some of its calls fail, beat for beat', async () => {
    const answer: Answer = (changes) => (changes.length < 10 ? Promise.reject(new Error('cut')) : []);
    const { clock, log, heartbeat } = start({ answer });
    for (let index = 0; index < 23; index += 1) heartbeat.hold(message(String(index), clock));
    await clock.advance(300_000);
    expect(log.lines).toEqual(['error cannot hold messages: Error: cut; trying on']);
  });

  it('for one message says for which, once, and holds it no longer', async () => {
    const answer: Answer = (changes) =>
      changes
        .filter(({ receiptHandle }) => receiptHandle === 'handle-two')
        .map(({ receiptHandle }) => ({ receiptHandle, isFinal: true, reason: 'Expired: too late' }));
    const { clock, log, heartbeat } = start({ answer });
    heartbeat.hold(message('one', clock));
    heartbeat.hold(message('two', clock));
    await clock.advance(180_000);
    expect(log.lines).toEqual([
      'warn [two] the message could not be held and may be worked on twice: Expired: too late',
    ]);
  });

  it('for one message for now is tried again', async () => {
    const answer: Answer = () => [{ receiptHandle: 'handle-one', isFinal: false, reason: 'InternalError' }];
    const { clock, calls, heartbeat } = start({ answer });
    heartbeat.hold(message('one', clock));
    await clock.advance(120_000);
    expect(calls.length).toBeGreaterThan(1);
  });
});
