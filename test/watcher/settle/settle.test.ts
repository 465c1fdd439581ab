import { describe, expect, it } from '@jest/globals';
import type { CopyMark } from '../../../src/contract/copy-mark';
import type { FailedEntry, Queue, VisibilityChange } from '../../../src/watcher/queue/queue';
import type { Settlement } from '../../../src/watcher/settle/decide';
import { createSettle } from '../../../src/watcher/settle/settle';
import { createFakeClock } from '../../helpers/fake-clock';
import { testMessage } from '../../helpers/jobs';
import { createTestLog } from '../../helpers/test-log';

type Answer = (handles: readonly string[], call: number) => Promise<FailedEntry[]> | FailedEntry[];

const DELETE: Settlement = { action: 'delete' };
const RETURN: Settlement = { action: 'return', afterSeconds: 8, isCounted: true };
const NOOP: Settlement = { ...RETURN, isCounted: false };
const RELEASE: Settlement = { action: 'return', afterSeconds: 0, isCounted: false };

interface Options {
  answer?: Answer;
  concurrency?: number;
  isFifo?: boolean;
  maxReceives?: number;
  /** Calls of `sendCopy` that fail before one succeeds. */
  failedCopies?: number;
  mayWaitMs?: () => number;
}

function start(options: Options = {}) {
  const { answer = () => [], concurrency = 5, isFifo = false, maxReceives = 10, failedCopies = 0 } = options;
  const { mayWaitMs = () => 0 } = options;
  const clock = createFakeClock();
  const log = createTestLog();
  const outOfTime = new AbortController();
  const calls: { what: string; handles: string[]; atMs: number }[] = [];
  const marks: (CopyMark | undefined)[] = [];
  const startMs = clock.now();
  const call = async (what: string, handles: readonly string[]) => {
    calls.push({ what, handles: [...handles], atMs: clock.now() - startMs });
    return answer(handles, calls.length);
  };
  const queue: Queue = {
    receive: () => Promise.reject(new Error('not asked for')),
    deleteBatch: (handles) => call('delete', handles),
    sendCopy: async ({ messageId }, delaySeconds, mark) => {
      marks.push(mark);
      await call(`copy after ${delaySeconds}`, [messageId]);
      if (calls.length <= failedCopies) throw new Error('throttled');
      return 'copy';
    },
    changeVisibilityBatch: (changes: readonly VisibilityChange[]) =>
      call(
        `return ${changes.map(({ timeoutSeconds }) => timeoutSeconds).join(' ')}`,
        changes.map(({ receiptHandle }) => receiptHandle),
      ),
  };
  const settle = createSettle({
    queue,
    visibilityTimeoutSeconds: 60,
    concurrency,
    isFifo,
    maxReceives,
    mayWaitMs,
    clock,
    log,
    random: () => 0,
    outOfTime: outOfTime.signal,
  });
  const settleOne = (id: string, settlement: Settlement, receivesOrCopy: number | CopyMark = 1) => {
    const receives = typeof receivesOrCopy === 'number' ? receivesOrCopy : 1;
    const copy = typeof receivesOrCopy === 'number' ? undefined : receivesOrCopy;
    const message = { messageId: id, receiptHandle: id, receivedAtMs: clock.now() };
    const sentAt = new Date(1_000);
    return settle({ ...message, receives, copy, sentAt, received: testMessage(message) }, settlement);
  };
  return { clock, log, calls, marks, settle: settleOne, outOfTime };
}

const failed = (receiptHandle: string, isFinal = false): FailedEntry => ({
  receiptHandle,
  isFinal,
  reason: 'InternalError',
});

describe('settling', () => {
  it("is done at once where one worker runs at a time and waits for it: its group's next message", async () => {
    const { calls, settle } = start({ concurrency: 1, isFifo: true });
    await settle('a', DELETE);
    await settle('b', RETURN);
    expect(calls).toEqual([
      { what: 'delete', handles: ['a'], atMs: 0 },
      { what: 'return 8', handles: ['b'], atMs: 0 },
    ]);
  });

  it('waits a little for others, deletions and returns apart', async () => {
    const { clock, calls, settle } = start();
    const all = Promise.all([
      settle('a', DELETE),
      settle('b', RETURN),
      settle('c', DELETE),
      settle('d', { ...RETURN, afterSeconds: 0 }),
    ]);
    await clock.advance(49);
    expect(calls).toEqual([]);
    await clock.advance(1);
    await all;
    expect(calls).toEqual([
      { what: 'delete', handles: ['a', 'c'], atMs: 50 },
      { what: 'return 8 0', handles: ['b', 'd'], atMs: 50 },
    ]);
  });

  it('waits for short jobs that will soon be done, but no longer than they take, and only to delete', async () => {
    let tenMs = 1_000;
    const { clock, calls, settle } = start({ mayWaitMs: () => tenMs });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    void settle('returned', RETURN);
    for (const id of ids) {
      void settle(id, DELETE);
      await clock.advance(90);
    }
    expect(calls).toEqual([
      { what: 'return 8', handles: ['returned'], atMs: 50 },
      { what: 'delete', handles: ids, atMs: 810 },
    ]);
    void settle('k', DELETE);
    await clock.advance(999);
    expect(calls).toHaveLength(2);
    await clock.advance(1);
    expect(calls.slice(2)).toEqual([{ what: 'delete', handles: ['k'], atMs: 1_900 }]);
    void settle('l', DELETE);
    await clock.advance(90);
    // No job runs any more.
    tenMs = 0;
    await clock.advance(10);
    expect(calls.slice(3)).toEqual([{ what: 'delete', handles: ['l'], atMs: 2_000 }]);
  });

  it('waits for a tenth of the visibility timeout at most, since no heartbeat keeps the message hidden', async () => {
    const { clock, calls, settle } = start({ mayWaitMs: () => 60_000 });
    void settle('a', DELETE);
    await clock.advance(10_000);
    expect(calls).toEqual([{ what: 'delete', handles: ['a'], atMs: 6_000 }]);
  });

  it('does not wait once ten are together, and settles none twice', async () => {
    const { clock, calls, settle } = start({ concurrency: 30 });
    const ids = Array.from({ length: 23 }, (_, index) => String(index));
    const all = Promise.all(ids.map((id) => settle(id, DELETE)));
    await clock.advance(0);
    expect(calls.map(({ handles }) => handles.length)).toEqual([10, 10]);
    await clock.advance(1000);
    await all;
    expect(calls.flatMap(({ handles }) => handles)).toEqual(ids);
  });
});

describe('a settlement that fails', () => {
  it('in part is tried again for that part alone', async () => {
    const { clock, log, calls, settle } = start({ answer: (_, call) => (call === 1 ? [failed('b')] : []) });
    const all = Promise.all(['a', 'b', 'c'].map((id) => settle(id, DELETE)));
    await clock.advance(1000);
    await all;
    expect(calls.map(({ handles }) => handles)).toEqual([['a', 'b', 'c'], ['b']]);
    expect(log.lines).toEqual([]);
  });

  it('for good is not tried again, and said', async () => {
    const { clock, log, calls, settle } = start({ answer: () => [failed('a', true)] });
    const all = Promise.all([settle('a', RETURN), settle('b', RETURN)]);
    await clock.advance(100_000);
    await all;
    expect(calls).toHaveLength(1);
    expect(log.lines).toEqual(['warn [a] could not return the message, which comes again: InternalError']);
  });

  it('as a call is tried again, with growing pauses, until the visibility timeout has gone', async () => {
    const { clock, log, calls, settle } = start({
      concurrency: 1,
      isFifo: true,
      answer: () => Promise.reject(new Error('no route')),
    });
    const done = settle('a', DELETE);
    await clock.advance(120_000);
    await expect(done).resolves.toBeUndefined();

    const pauses = calls.slice(1).map(({ atMs }, index) => atMs - calls[index]!.atMs);
    expect(pauses).toEqual([125, 250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(calls.at(-1)!.atMs).toBeLessThanOrEqual(60_000);
    expect(log.lines).toEqual(['warn [a] could not delete the message, which comes again: Error: no route']);
  });

  it('is given up when the task is about to be killed', async () => {
    const { clock, log, calls, settle, outOfTime } = start({
      concurrency: 1,
      isFifo: true,
      answer: () => Promise.reject(new Error('no route')),
    });
    const done = settle('a', DELETE);
    await clock.advance(1_000);
    outOfTime.abort();
    await expect(done).resolves.toBeUndefined();
    expect(calls.at(-1)!.atMs).toBeLessThanOrEqual(1_000);
    expect(log.lines).toEqual(['warn [a] could not delete the message, which comes again: Error: no route']);
  });

  it('as a call is tried again for each of its messages, until it succeeds', async () => {
    const { clock, log, calls, settle } = start({
      answer: (_, call) => (call < 4 ? Promise.reject(new Error('cut')) : []),
    });
    const all = Promise.all(['a', 'b'].map((id) => settle(id, DELETE)));
    await clock.advance(10_000);
    await all;
    expect(calls.map(({ handles }) => handles)).toEqual(Array(4).fill(['a', 'b']));
    expect(log.lines).toEqual([]);
  });
});

describe('in its last receive', () => {
  const LAST = 10;

  it('a message that was not tried is sent anew, and then deleted', async () => {
    const { calls, settle, clock, log } = start({ concurrency: 1, isFifo: false });
    const settled = settle('a', NOOP, LAST);
    await clock.advance(100);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual(['copy after 8', 'delete']);
    expect(log.lines.at(-1)).toContain('sent anew as copy, since its receives are used up');
  });

  it('is not deleted before the copy is there', async () => {
    const { calls, settle, clock } = start({ failedCopies: 2 });
    const settled = settle('a', NOOP, LAST);
    await clock.advance(10_000);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual(['copy after 8', 'copy after 8', 'copy after 8', 'delete']);
  });

  it('is copied once, however often the deletion fails', async () => {
    const { calls, settle, clock } = start({
      answer: (handles, call) => (call === 2 ? [failed(handles[0]!)] : []),
    });
    const settled = settle('a', NOOP, LAST);
    await clock.advance(10_000);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual(['copy after 8', 'delete', 'delete']);
  });

  it('is left as it is where no copy can be sent until another watcher has it', async () => {
    const { calls, settle, clock, log } = start({ failedCopies: Infinity });
    const settled = settle('a', NOOP, LAST);
    await clock.advance(120_000);
    await settled;
    expect(new Set(calls.map(({ what }) => what))).toEqual(new Set(['copy after 8']));
    expect(log.lines.at(-1)).toContain(
      'could not send anew the message, which comes again: Error: throttled',
    );
  });

  it.each([
    { what: 'a failure', settlement: RETURN, receives: LAST, options: {} },
    { what: 'a stop before half of them', settlement: RELEASE, receives: LAST / 2, options: {} },
    { what: 'no dead-letter queue', settlement: NOOP, receives: 1_000, options: { maxReceives: Infinity } },
    {
      what: 'a FIFO queue, where a copy would lose its place',
      settlement: NOOP,
      receives: LAST,
      options: { isFifo: true },
    },
  ])('nothing is sent anew: $what', async ({ settlement, receives, options }) => {
    const { calls, settle, clock, log } = start(options);
    const settled = settle('a', settlement, receives);
    await clock.advance(1_000);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual([`return ${settlement.afterSeconds}`]);
    const isSaid = log.lines.some((line) => line.includes('it goes to the dead-letter queue next'));
    expect(isSaid).toBe('isFifo' in options);
  });
});

describe('before its last receive', () => {
  const mark = { messageId: 'a', sentAtMs: 1_000, receives: 2, isWaiting: true };

  it('a message that is to wait is sent anew, with a mark that says so', async () => {
    const { calls, marks, settle, clock, log } = start();
    const settled = settle('a', NOOP, 2);
    await clock.advance(100);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual(['copy after 8', 'delete']);
    expect(marks).toEqual([mark]);
    expect(log.lines.at(-1)).toContain('sent anew as copy, since this receive is not to count');
  });

  it('goes back as it is where no copy can be sent', async () => {
    const { calls, settle, clock } = start({ failedCopies: 1 });
    const settled = settle('a', NOOP, 2);
    await clock.advance(100);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual(['copy after 8', 'return 8']);
  });

  it('a copy that waits goes back as it is', async () => {
    const { calls, settle, clock } = start();
    const settled = settle('b', NOOP, mark);
    await clock.advance(100);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual(['return 8']);
  });

  it('a copy that waited and has failed is sent anew, to have all of its tries', async () => {
    const { calls, marks, settle, clock } = start();
    const settled = settle('b', RETURN, mark);
    await clock.advance(100);
    await settled;
    expect(calls.map(({ what }) => what)).toEqual(['copy after 8', 'delete']);
    expect(marks).toEqual([{ ...mark, receives: 0, isWaiting: false }]);
  });
});
