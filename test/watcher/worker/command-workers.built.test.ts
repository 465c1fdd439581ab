import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTemporaryFolders } from '../../../src/watcher/job/files';
import type { Job } from '../../../src/watcher/job/job';
import { type JobOptions, runJob } from '../../../src/watcher/worker/command-workers';
import { MACHINE_ERROR_CODES } from '../../../src/watcher/worker/machine';
import { startByNode } from '../../../src/watcher/worker/node-spawn';
import type { WorkerEnd } from '../../../src/watcher/worker/run-worker';
import { createFakeClock } from '../../helpers/fake-clock';
import { testJob } from '../../helpers/jobs';
import { collectLines } from '../../helpers/lines';
import { createTestLog } from '../../helpers/test-log';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(line: string, job: Partial<Job> = {}, parts: Partial<JobOptions> = {}) {
  const clock = createFakeClock();
  const log = createTestLog();
  const output = collectLines();
  const running = runJob(testJob(job), {
    command: { program: '/bin/sh', arguments: ['-c', line], text: line },
    start: startByNode,
    environment: { PATH: process.env.PATH, COLOUR: 'blue', MessageGroupId: 'stale' },
    temporaryFolder: folder,
    memoryFolder: undefined,
    temporaryFolders: undefined,
    maxJobDurationSeconds: 0,
    machine: { judge: () => undefined },
    memoryKills: { count: () => 0, take: () => false },
    hasStandardInput: false,
    isAsWatchbot: false,
    clock,
    timeOfDay: clock,
    log: {
      ...log,
      worker: (lines, messageId) => {
        void log.worker(lines, messageId);
        lines.forEach(output.add);
      },
    },
    ...parts,
  });
  return { job: running, settled: running.settled, clock, log, output };
}

const RETRY = { action: 'return', afterSeconds: 2, isCounted: true };
const AT_ONCE = { action: 'return', afterSeconds: 0, isCounted: false };

const cannotStart =
  (code: string): JobOptions['start'] =>
  () => ({
    ended: Promise.resolve({ kind: 'not-started', reason: `cannot run sh: spawn sh ${code}`, code }),
    stdout: nothing(),
    stderr: nothing(),
    signal: () => undefined,
    closeOutput: () => undefined,
    finish: () => Promise.resolve(undefined),
  });
async function* nothing(): AsyncGenerator<Buffer> {
  // Ends at once.
}

describe('a job that the machine cannot begin', () => {
  const judge = (_job: unknown, end: WorkerEnd) =>
    end.kind === 'not-started'
      ? { result: 'released', reason: `${end.code}: ${end.reason}`, settlement: AT_ONCE }
      : undefined;
  const machine = { judge } as JobOptions['machine'];

  it.each(MACHINE_ERROR_CODES)('is given to whoever knows the machine, with %s', async (code) => {
    const { settled, log } = run('echo', {}, { start: cannotStart(code), machine });
    expect(await settled).toEqual(AT_ONCE);
    expect(log.lines.at(-1)).toContain(
      `[released] after 0 ms, 0 ms since sent, receive 1 (${code}: cannot run sh`,
    );
  });

  it('is given to it, too, where the message cannot be written', async () => {
    const { settled, log } = run('echo', {}, { temporaryFolder: '/proc/none', machine });
    expect(await settled).toEqual(AT_ONCE);
    expect(log.lines.at(-1)).toContain('(ENOENT: cannot prepare the worker');
  });
});

describe('a job', () => {
  it('that leaves processes behind is told of once, with their number and names', async () => {
    const { settled, log } = run('sleep 600 >/dev/null 2>&1 & sleep 600 >/dev/null 2>&1 & sleep 0.1');
    expect(await settled).toEqual({ action: 'delete' });
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      'warn [m1] it left 2 processes behind (sleep), which were ended',
    ]);
  });

  it('is logged from its first line to its outcome', async () => {
    const { settled, log } = run('cat; echo', { topicMessageId: 'sns-1' }, { hasStandardInput: true });
    expect(await settled).toEqual({ action: 'delete' });
    expect(log.lines).toEqual([
      'info [m1] received (receive 1, SNS message sns-1)',
      'worker [m1] hello',
      'outcome [m1] [success] after 0 ms, 0 ms since sent, receive 1 (exit code 0)',
    ]);
  });

  it("runs in the container's environment, and has its message there and in a file that is then removed", async () => {
    const { settled, output } = run('echo "$COLOUR $Message $(cat "$MessageFile") [$MessageGroupId]"');
    await settled;
    expect(output.all).toEqual(['blue hello hello []']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has a folder for temporary files of its own where others run beside it, and leaves nothing there', async () => {
    const kept = path.join(folder, 'kept');
    writeFileSync(kept, '');
    const line = `mktemp -d > /dev/null && ln -s ${folder} $TMPDIR/link && mkdir -p $TMPDIR/deep && cd $TMPDIR && ls | wc -l && dirname $TMPDIR`;
    const { settled, output } = run(line, {}, { temporaryFolders: createTemporaryFolders(folder) });
    expect(await settled).toEqual({ action: 'delete' });
    expect(output.all).toEqual(['3', folder]);
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  it('is not begun where no such folder can be made', async () => {
    const { settled, log } = run(
      'echo',
      {},
      { temporaryFolders: createTemporaryFolders('/proc'), memoryFolder: folder },
    );
    expect(await settled).toEqual(RETRY);
    expect(log.lines.at(-1)).toContain('cannot prepare the worker');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    { line: 'exit 3', settlement: { action: 'delete' }, result: '[rejected]' },
    { line: 'exit 4', settlement: { ...RETRY, isCounted: false }, result: '[noop]' },
    { line: 'exit 1', settlement: RETRY, result: '[failure]' },
    { line: 'kill -9 $$', settlement: RETRY, result: '[failure]' },
  ])('$line: $result', async ({ line, settlement, result }) => {
    const { settled, log } = run(line);
    expect(await settled).toEqual(settlement);
    expect(log.lines.at(-1)).toContain(result);
  });

  it('fails, and does not throw, where its message cannot be written to a file', async () => {
    const { settled, log } = run('exit 0', {}, { temporaryFolder: path.join(folder, 'none') });
    expect(await settled).toEqual(RETRY);
    expect(log.lines.at(-1)).toMatch(/\[failure\].*cannot prepare the worker: ENOENT/);
  });

  it('fails, and does not throw, where its program is not there', async () => {
    const command = { program: '/no/such/program', arguments: [], text: '' };
    const { settled, log } = run('', {}, { command });
    expect(await settled).toEqual(RETRY);
    expect(log.lines.at(-1)).toContain('(cannot run /no/such/program: spawn /no/such/program ENOENT)');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('standard input', () => {
  it('is empty unless it is asked for', async () => {
    const { settled, output } = run('readlink /proc/self/fd/0; cat');
    expect(await settled).toEqual({ action: 'delete' });
    expect(output.all).toEqual(['/dev/null']);
  });
});

describe('a job that is not waited for', () => {
  it('is a release, whatever it was told for', async () => {
    const { job, settled, log, output } = run('trap "" TERM; echo started; sleep 600');
    await output.find('started');
    job.stop('duration', 10_000);
    job.abandon();
    expect(await settled).toEqual(AT_ONCE);
    expect(log.lines.at(-1)).toContain('[released]');
    job.kill();
  });
});

describe('the time of a job', () => {
  it('since it was sent is by the time of day, and how long it took is not', async () => {
    // The time of day is set an hour on, to what SQS has.
    const timeOfDay = { now: () => 1_000_000 + 3_600_000 };
    const { settled, log } = run('true', { sentAt: new Date(4_590_000) }, { timeOfDay });
    await settled;
    expect(log.lines.at(-1)).toContain('after 0 ms, 10000 ms since sent');
  });

  it('is over at maxJobDuration, counted from its start', async () => {
    const { settled, clock, log, output } = run(
      'echo started; exec sleep 600',
      {},
      { maxJobDurationSeconds: 60 },
    );
    await output.find('started');
    await clock.advance(59_999);
    expect(log.lines).toHaveLength(2);
    await clock.advance(1);
    expect(await settled).toEqual(RETRY);
    expect(log.lines.at(-1)).toContain(
      '[failure] after 60000 ms, 60000 ms since sent, receive 1 (stopped: longer than maxJobDuration)',
    );
  });

  it.each([0, 100_000])(
    'is over a minute before 12 hours with SQS, where maxJobDuration is %d',
    async (most) => {
      const job = { receives: 20, receivedAtMs: 1_000_000 - 3_600_000 };
      const { settled, clock, log, output } = run('echo on; exec sleep 600', job, {
        maxJobDurationSeconds: most,
      });
      await output.find('on');
      await clock.advance(11 * 3_600_000 - 60_000);
      expect(await settled).toEqual({ action: 'return', afterSeconds: 59, isCounted: true });
      expect(log.lines.at(-1)).toContain('(stopped: SQS holds a message for 12 hours at most)');
    },
  );

  it('leaves ten seconds to a worker that does not end', async () => {
    const line = 'trap "echo told" TERM; echo on; while :; do sleep 0.01; done';
    const { settled, clock, output } = run(line, {}, { maxJobDurationSeconds: 1 });
    await output.find('on');
    await clock.advance(1000);
    await output.find('told');
    await clock.advance(10_000);
    expect(await settled).toEqual(RETRY);
  });
});

describe('a job that is told to stop', () => {
  it('is released', async () => {
    const { settled, job, log, output } = run('echo on; exec sleep 600');
    await output.find('on');
    job.stop('shutdown', 60_000);
    expect(await settled).toEqual(AT_ONCE);
    expect(log.lines.at(-1)).toContain('[released]');
  });

  it('is so too where its message is just being written', async () => {
    const { settled, job } = run('exec sleep 600');
    job.stop('shutdown', 60_000);
    expect(await settled).toEqual(AT_ONCE);
  });

  it('and killed in that time is released still, not counted as a failure', async () => {
    const { settled, job, log } = run("trap '' TERM; exec sleep 600");
    job.stop('shutdown', 60_000);
    job.kill();
    expect(await settled).toEqual(AT_ONCE);
    expect(log.lines.at(-1)).toContain('[released]');
  });
});
