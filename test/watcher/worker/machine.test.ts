import { describe, expect, it } from '@jest/globals';
import { constants } from 'node:os';
import { GIVE_UP_MS, Machine, MACHINE_ERROR_CODES, MOST_RETURNS } from '../../../src/watcher/worker/machine';
import type { WorkerEnd } from '../../../src/watcher/worker/run-worker';
import { createFakeClock } from '../../helpers/fake-clock';
import { testJob } from '../../helpers/jobs';
import { createTestLog } from '../../helpers/test-log';

const notStarted = (code: string | undefined): WorkerEnd => ({
  kind: 'not-started',
  reason: `cannot run sh: spawn sh ${code}`,
  code,
});
const ENDED: WorkerEnd = { kind: 'exited', code: 1, signal: null, stopped: undefined };
const job = (messageId: string) => testJob({ messageId });
const tried = (receives = 1) => ({ receives, heldSeconds: 0 });

function create(isAsked = true) {
  const clock = createFakeClock();
  const log = createTestLog();
  const stop = new AbortController();
  const stages: string[] = [];
  const machine = new Machine({
    clock,
    random: () => 1,
    log,
    stopping: stop.signal,
    liveness: {
      begin: (stage) => {
        stages.push(stage);
        return () => undefined;
      },
    },
    healthSocket: isAsked ? 'health' : undefined,
  });
  const asked: number[] = [];
  const poll = machine.pace((maxMessages) => {
    asked.push(maxMessages);
    return Promise.resolve([]);
  });
  const fail = (id: string, receives = 1) => machine.judge(job(id), notStarted('EAGAIN'), tried(receives));
  return { clock, log, stop, stages, machine, asked, poll, fail };
}

describe('an error of the machine', () => {
  it.each(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])(
    'is no fault of the message, which goes back uncounted: %s',
    (code) => {
      const { machine } = create();
      expect(machine.judge(job('m1'), notStarted(code), tried(3))).toEqual({
        result: 'released',
        reason: `not tried: cannot run sh: spawn sh ${code}`,
        settlement: { action: 'return', afterSeconds: 8, isCounted: false },
      });
    },
  );

  it('is one of the list, whose names the system knows', () => {
    expect(MACHINE_ERROR_CODES).toHaveLength(8);
    for (const code of MACHINE_ERROR_CODES) expect(Object.keys(constants.errno)).toContain(code);
  });

  it.each(['EACCES', 'E2BIG', 'ENOENT', 'ENOEXEC', 'ENAMETOOLONG', 'toString', undefined])(
    'is none, and the message has failed: %s',
    (code) => {
      const { machine, log } = create();
      expect(machine.judge(job('m1'), notStarted(code), tried())).toBeUndefined();
      expect(log.lines).toEqual([]);
    },
  );

  it('is none of a worker that ran, whatever it ended with', () => {
    const { machine } = create();
    expect(machine.judge(job('m1'), ENDED, tried())).toBeUndefined();
    expect(machine.judge(job('m1'), { kind: 'lost', reason: '' }, tried())).toBeUndefined();
  });

  it('is taken for the fault of a message that it meets again and again', () => {
    const { fail } = create();
    for (let time = 1; time <= MOST_RETURNS; time += 1)
      expect(fail('m1', time)).toMatchObject({ result: 'released' });
    expect(fail('m1', 4)).toBeUndefined();
    expect(fail('m2')).toMatchObject({ result: 'released' });
  });
});

describe('while nothing can be started', () => {
  it('polls wait, longer with each failure, and ask for one message; that is told once', async () => {
    const { clock, log, stages, poll, asked, fail } = create();
    await poll(10);
    expect([asked, stages]).toEqual([[10], []]);
    // All of one poll.
    for (const id of ['a', 'b', 'c']) fail(id);
    for (const waitMs of [250, 500, 1000]) {
      const polled = poll(10);
      await clock.advance(waitMs - 1);
      const before = asked.length;
      await clock.advance(1);
      await polled;
      expect(asked.slice(before)).toEqual([1]);
      fail(`later ${waitMs}`);
    }
    expect(stages).toEqual(['backing off', 'backing off', 'backing off']);
    expect(log.lines).toEqual([
      'error cannot run sh: spawn sh EAGAIN: messages go back, and fewer are taken until a worker can be started',
    ]);
  });

  it('and all is as before when a worker has run', async () => {
    const { log, machine, poll, asked, fail } = create();
    fail('a');
    machine.judge(job('b'), ENDED, tried());
    await poll(10);
    expect(asked).toEqual([10]);
    expect(log.lines.at(-1)).toBe('info workers can be started again');
  });

  it('a task that is told to stop waits for nothing, and polls no more', async () => {
    const { stop, poll, asked, fail } = create();
    fail('a');
    const polled = poll(10);
    stop.abort();
    expect(await polled).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('for long, no message is taken, and the task is unhealthy once it has no job', async () => {
    const { clock, log, machine, poll, asked, fail } = create();
    fail('a');
    await clock.advance(GIVE_UP_MS - 1);
    fail('b');
    expect(machine.problem(false)).toBeUndefined();
    await clock.advance(1);
    fail('c');
    expect(machine.problem(true)).toBeUndefined();
    expect(machine.problem(false)).toBe('no worker can be started: cannot run sh: spawn sh EAGAIN');
    const polled = poll(10);
    await clock.advance(30_000);
    expect(await polled).toEqual([]);
    expect(asked).toEqual([]);
    expect(log.lines.at(-1)).toBe(
      'error no worker could be started for 2 minutes: no message is taken any more',
    );
    // A job that was at work has ended: what it held may be what was lacking.
    machine.judge(job('d'), ENDED, tried());
    expect(machine.problem(false)).toBeUndefined();
    await poll(10);
    expect(asked).toEqual([10]);
  });

  it('for long, it is tried on where nobody asks whether the task is well', async () => {
    const { clock, machine, poll, asked, fail } = create(false);
    fail('a');
    await clock.advance(2 * GIVE_UP_MS);
    fail('b');
    expect(machine.problem(false)).toBeUndefined();
    const polled = poll(10);
    await clock.advance(30_000);
    await polled;
    expect(asked).toEqual([1]);
  });
});
