import { describe, expect, it } from '@jest/globals';
import { omit } from 'lodash';
import path from 'node:path';
import { parseCommandLine, type WorkerCommand } from '../../../src/watcher/worker/command';
import { startByNode } from '../../../src/watcher/worker/node-spawn';
import { runWorker } from '../../../src/watcher/worker/run-worker';
import { createDeferred } from '../../helpers/deferred';
import { createFakeClock } from '../../helpers/fake-clock';
import { collectLines } from '../../helpers/lines';
import { isRunning, whenEnded } from '../../helpers/processes';
import { describeEachWay } from '../../helpers/ways-to-start';

const commandOf = (line: string): WorkerCommand => parseCommandLine(['listen', line]).command!;

const OUTPUT_GRACE_MS = 5_000;
const WORKERS = path.resolve(__dirname, '../../fixtures/workers');

const shell = (line: string): WorkerCommand => ({ program: '/bin/sh', arguments: ['-c', line], text: line });
const fixture = (name: string, ...args: string[]): WorkerCommand => ({
  program: process.execPath,
  arguments: [path.join(WORKERS, name), ...args],
  text: name,
});

interface Options {
  environment?: Record<string, string>;
  input?: string;
  writeLines?: (lines: readonly string[]) => Promise<void> | void;
}

const exit = (code: number) => ({ kind: 'exited', code, signal: null, stopped: undefined });
const pidIn = (line: string) => Number(/(\d+)/.exec(line)?.[1]);

describeEachWay((start) => {
  function run(command: WorkerCommand, { environment, input = '', writeLines }: Options = {}) {
    const clock = createFakeClock();
    const lines = collectLines();
    const exited = createDeferred();
    const worker = runWorker({
      start,
      command,
      environment: environment ?? { PATH: process.env.PATH },
      input,
      clock: {
        ...clock,
        after: (milliseconds, call) => {
          // The time that it leaves to the output is the sign that the worker's own end was seen.
          if (milliseconds === OUTPUT_GRACE_MS) exited.resolve();
          return clock.after(milliseconds, call);
        },
      },
      writeLines:
        writeLines ??
        ((texts) => {
          texts.forEach(lines.add);
        }),
    });
    // What is known of its processes is another test's.
    const ended = worker.ended.then((end) => (end.kind === 'exited' ? omit(end, 'remains') : end));
    return { clock, lines, worker, ended, hasExited: exited.promise };
  }

  describe('a worker ends', () => {
    it.each([0, 1, 3, 4, 127, 255])('with exit code %d', async (code) => {
      expect(await run(shell(`exit ${code}`)).ended).toEqual(exit(code));
    });

    it.each(['SIGKILL', 'SIGSEGV', 'SIGTERM'] as const)('by %s', async (signal) => {
      const { ended } = run(shell(`kill -${signal.slice(3)} $$`));
      expect(await ended).toEqual({ kind: 'exited', code: null, signal, stopped: undefined });
    });

    it('after its last line, of either stream', async () => {
      const { ended, lines } = run(shell('echo one; echo two >&2; printf three; printf four >&2'));
      expect(await ended).toEqual(exit(0));
      expect([...lines.all].sort()).toEqual(['four', 'one', 'three', 'two']);
    });
  });

  describe('a worker that cannot be started', () => {
    it.each([
      [{ program: '/no/such/program', arguments: [], text: '' }, 'spawn /no/such/program ENOENT'],
      [{ program: 'no-such-program', arguments: [], text: '' }, 'spawn no-such-program ENOENT'],
      [{ program: '/tmp', arguments: [], text: '' }, 'spawn /tmp EACCES'],
      [{ ...shell(':'), arguments: ['-c', 'x'.repeat(140_000)] }, 'spawn E2BIG'],
    ])('says why', async (command, reason) => {
      const { worker, ended } = run(command, { input: 'x'.repeat(100_000) });
      worker.stop('shutdown', 10);
      worker.kill();
      expect(await ended).toEqual({
        kind: 'not-started',
        reason: `cannot run ${command.program}: ${reason}`,
        code: reason.split(' ').at(-1),
      });
    });

    it('says why where a variable is too big', async () => {
      const { ended } = run(shell(':'), { environment: { BIG: 'x'.repeat(140_000) } });
      expect(await ended).toEqual({
        kind: 'not-started',
        reason: 'cannot run /bin/sh: spawn E2BIG',
        code: 'E2BIG',
      });
    });
  });

  describe('standard input', () => {
    it('is the null device where there is nothing to read', async () => {
      const { ended, lines } = run(shell('readlink /proc/self/fd/0; cat'));
      expect(await ended).toEqual(exit(0));
      expect(lines.all).toEqual(['/dev/null']);
    });

    it('has the whole message', async () => {
      const { ended, lines } = run(shell('wc -c'), { input: 'é'.repeat(500_000) });
      expect(await ended).toEqual(exit(0));
      expect(lines.all).toEqual(['1000000']);
    });

    it.each(['exec true', 'exec <&-; echo on', 'head -c 1 >/dev/null'])(
      'need not be read: %s',
      async (line) => {
        expect(await run(shell(line), { input: 'x'.repeat(2_000_000) }).ended).toEqual(exit(0));
      },
    );
  });

  describe('output', () => {
    it('waits for a slow log: 50 MB are never in memory', async () => {
      let [lineCount, underWay, most, biggest] = [0, 0, 0, 0];
      const before = process.memoryUsage.rss();
      let peak = 0;
      const { ended } = run(fixture('pour.mjs', '50'), {
        writeLines: async (lines) => {
          underWay += 1;
          most = Math.max(most, underWay);
          lineCount += lines.length;
          biggest = Math.max(biggest, lines.length);
          await new Promise(setImmediate);
          peak = Math.max(peak, process.memoryUsage.rss());
          underWay -= 1;
        },
      });
      expect(await ended).toEqual(exit(0));
      expect(lineCount).toBe(50 * 1024);
      expect(most).toBe(1);
      expect(biggest).toBeLessThanOrEqual(65);
      expect(peak - before).toBeLessThan(40 * 2 ** 20);
    });

    it('is not read on while the log takes nothing, and the worker waits', async () => {
      const stuck = createDeferred();
      const given = createDeferred();
      let calls = 0;
      const { ended, worker } = run(fixture('pour.mjs', '5'), {
        writeLines: () => {
          calls += 1;
          given.resolve();
          return stuck.promise;
        },
      });
      await given.promise;
      for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
      expect(calls).toBe(1);
      worker.kill();
      stuck.resolve();
      expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    });

    it('may be closed by a worker that lives on', async () => {
      const { worker, ended, lines, hasExited } = run(fixture('hush.mjs'));
      const pid = pidIn(await lines.find('pid'));
      const closed = run(shell(`while [ -e /proc/${pid}/fd/1 ]; do sleep 0.01; done`));
      await closed.ended;
      let isOver = false;
      void hasExited.then(() => (isOver = true));
      for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
      expect(isOver).toBe(false);
      worker.stop('duration', 10_000);
      expect(await ended).toEqual({ ...exit(7), stopped: 'duration' });
    });
  });

  describe('a worker that is told to end', () => {
    it('may do so in its own way', async () => {
      const { worker, ended, lines } = run(fixture('obedient.mjs', '5'));
      await lines.find('started');
      worker.stop('shutdown', 1000);
      expect(await ended).toEqual({ ...exit(5), stopped: 'shutdown' });
      expect(lines.all).toContain('told to end');
    });

    it('is killed when its grace is over, and not before', async () => {
      const { clock, worker, ended, lines } = run(fixture('stubborn.mjs'));
      await lines.find('started');
      worker.stop('duration', 1000);
      await lines.find('told to end');
      await clock.advance(999);
      expect(lines.count(/told/)).toBe(1);
      await clock.advance(1);
      expect(await ended).toEqual({ kind: 'exited', code: null, signal: 'SIGKILL', stopped: 'duration' });
    });

    it('has the first reason, and is told once', async () => {
      const { clock, worker, ended, lines } = run(fixture('stubborn.mjs'));
      await lines.find('started');
      worker.stop('duration', 1000);
      worker.stop('shutdown', 1);
      await lines.find('told to end');
      await clock.advance(999);
      expect(lines.count(/told/)).toBe(1);
      await clock.advance(1);
      expect(await ended).toMatchObject({ stopped: 'duration' });
    });

    it('ends at once when it is killed', async () => {
      const { worker, ended, lines } = run(fixture('stubborn.mjs'));
      await lines.find('started');
      worker.kill();
      expect(await ended).toEqual({ kind: 'exited', code: null, signal: 'SIGKILL', stopped: undefined });
      expect(() => {
        worker.kill();
        worker.stop('shutdown', 1);
      }).not.toThrow();
    });

    it('ends however early it is killed', async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        const { worker, ended } = run(shell('sleep 600'));
        worker.kill();
        expect(await ended).toMatchObject({ code: null, signal: 'SIGKILL' });
      }
    });

    // It speaks once it runs, so that the signal finds it.
    const work = "sh -c 'echo on; exec sleep 600'";
    it.each([
      work,
      `${work}; true`,
      `${work}; echo second; true`,
      `${work} || true`,
      `! ${work}`,
      `${work} | cat`,
      `${work} & wait`,
      `while :; do ${work}; done`,
      `true && ${work} && true`,
      `if ${work}; then true; fi`,
    ])('does not end well where it was cut short: %s', async (line) => {
      const { worker, ended, lines } = run(commandOf(line));
      await lines.find('on');
      worker.stop('shutdown', 60_000);
      expect(await ended).toEqual({ kind: 'exited', code: null, signal: 'SIGTERM', stopped: 'shutdown' });
      // Some shells say that their program was terminated.
      expect(lines.all.filter((text) => text !== 'Terminated')).toEqual(['on']);
    });

    it('has its time, though its shell ends at once', async () => {
      const { program, arguments: args } = fixture('obedient.mjs', '5');
      const { worker, ended, lines } = run(commandOf(`${[program, ...args].join(' ')}; true`));
      await lines.find('started');
      worker.stop('shutdown', 60_000);
      expect(await ended).toEqual({ kind: 'exited', code: null, signal: 'SIGTERM', stopped: 'shutdown' });
      expect(lines.all).toContain('told to end');
    });

    it('has it until its grace is over, and not longer, where its shell has ended', async () => {
      const { program, arguments: args } = fixture('stubborn.mjs');
      const { clock, worker, ended, lines } = run(commandOf(`${[program, ...args].join(' ')}; true`));
      await lines.find('started');
      worker.stop('duration', 60_000);
      await lines.find('told to end');
      let isOver = false;
      void ended.then(() => (isOver = true));
      await clock.advance(59_999);
      expect(isOver).toBe(false);
      await clock.advance(1);
      expect(await ended).toMatchObject({ code: null, stopped: 'duration' });
    });

    it('only after it has ended, was not ended by that', async () => {
      const { clock, worker, ended, hasExited } = run(shell('sleep 600 & exit 1'));
      await hasExited;
      worker.stop('shutdown', 60_000);
      await clock.advance(OUTPUT_GRACE_MS);
      expect(await ended).toEqual(exit(1));
    });
  });

  describe('what a worker leaves behind', () => {
    it('may write for some seconds, and is then ended with its group', async () => {
      const { clock, ended, lines, hasExited } = run(shell('sleep 600 & echo "left $!"; exit 3'));
      const pid = pidIn(await lines.find('left'));
      await hasExited;
      await clock.advance(OUTPUT_GRACE_MS - 1);
      expect(isRunning(pid)).toBe(true);
      await clock.advance(1);
      expect(await ended).toEqual(exit(3));
      await whenEnded(pid);
    });

    it('is ended where it has left the group, or by Node no longer waited for', async () => {
      const { clock, ended, lines, hasExited } = run(shell('setsid sleep 600 & echo "left $!"; exit 3'));
      const pid = pidIn(await lines.find('left'));
      await hasExited;
      await clock.advance(OUTPUT_GRACE_MS);
      expect(await ended).toEqual(exit(3));
      if (start === startByNode) process.kill(pid, 'SIGKILL');
      else expect(isRunning(pid)).toBe(false);
    });

    it.each([
      { name: 'where it has closed its output', line: 'sleep 600 >/dev/null 2>&1 &' },
      { name: 'where it does not heed SIGTERM', line: "(trap '' TERM; sleep 600) >/dev/null 2>&1 &" },
    ])('ends with it $name', async ({ line }) => {
      const { clock, worker, ended, lines } = run(shell(`${line} echo "left $!"; wait`));
      const pid = pidIn(await lines.find('left'));
      worker.stop('duration', 60_000);
      await clock.advance(60_000);
      expect(await ended).toMatchObject({ code: null, stopped: 'duration' });
      await whenEnded(pid);
    });

    it('ends with it, where it ended well', async () => {
      const { ended, lines } = run(shell('sleep 600 >/dev/null 2>&1 & echo "left $!"'));
      expect(await ended).toEqual(exit(0));
      await whenEnded(pidIn(await lines.find('left')));
    });
  });
});
