import { afterEach, expect, it } from '@jest/globals';
import {
  chmodSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../../src/shared/clock';
import { createStarter, type Starter } from '../../../../src/watcher/worker/launcher/starter';
import type { WorkerProcess } from '../../../../src/watcher/worker/run-worker';
import { createFakeClock } from '../../../helpers/fake-clock';
import { collectLines } from '../../../helpers/lines';
import { childrenOf, isRunning, whenEnded } from '../../../helpers/processes';
import { createTestLog } from '../../../helpers/test-log';
import { describeWithLauncher, LAUNCHER } from '../../../helpers/ways-to-start';

const SLOWER = 'Node itself starts the workers, which is slower';
const KILLED = 'the launcher of workers ended (signal SIGKILL)';

const starters: Starter[] = [];
const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
afterEach(async () => {
  starters.splice(0).forEach((starter) => {
    starter.close();
  });
  // The next test looks for its own.
  for (const pid of launcherPids()) await whenEnded(pid);
  readdirSync(folder).forEach((name) => {
    rmSync(path.join(folder, name));
  });
});

async function startStarter(file = LAUNCHER, clock = systemClock) {
  const log = createTestLog();
  const starter = createStarter({ file, log, clock });
  starters.push(starter);
  if (file === LAUNCHER || clock === systemClock) await starter.ready;
  return { log, starter };
}

function run({ start }: Starter, line: string, input = '') {
  const worker = start({
    command: { program: '/bin/sh', arguments: ['-c', line], text: line },
    environment: { PATH: process.env.PATH },
    input,
  });
  const lines = collectLines();
  void read(worker.stdout, (chunk) => {
    chunk.toString().split('\n').slice(0, -1).forEach(lines.add);
  });
  return { worker, lines, ended: worker.ended };
}

async function read(stream: AsyncIterable<Buffer>, use: (chunk: Buffer) => void): Promise<void> {
  for await (const chunk of stream) use(chunk);
}

function launcherPids(): number[] {
  return childrenOf(process.pid).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === LAUNCHER;
    } catch {
      return false;
    }
  });
}

/** Says its parent, and that one's. */
const GRANDPARENT = 'echo "$PPID $(cut -d " " -f 4 /proc/$PPID/stat)"';
const pidsIn = (line: string) => line.split(' ').map(Number);

const pidIn = (line: string) => Number(/(\d+)/.exec(line)?.[1]);
const exited = (code: number) => ({ kind: 'exited', code, signal: null });
const script = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  chmodSync(path.join(folder, name), 0o755);
  return path.join(folder, name);
};

describeWithLauncher('the launcher', () => {
  it('starts workers of its own', async () => {
    const { starter, log } = await startStarter();
    const { lines, ended } = run(starter, GRANDPARENT);
    expect(await ended).toEqual(exited(0));
    // Between them stands what keeps all that the worker starts.
    const [, grandparent] = pidsIn(await lines.find(/\d/));
    expect(launcherPids()).toContain(grandparent);
    expect(log.lines).toEqual([]);
  });

  it('kills all workers with their groups when the watcher is gone, and ends', async () => {
    const { starter } = await startStarter();
    const [launcher] = launcherPids();
    const first = run(starter, 'sleep 600 & echo "$! left"; sleep 600');
    const second = run(starter, "trap '' TERM; echo $$; sleep 600");
    const pids = [pidIn(await first.lines.find('left')), pidIn(await second.lines.find(/\d/))];
    starter.close();
    for (const pid of [...pids, launcher!]) await whenEnded(pid);
  });

  it('keeps no open files, no zombies and no memory of jobs that are over', async () => {
    const { starter } = await startStarter();
    const [pid] = launcherPids();
    const openFiles = () => readdirSync(`/proc/${pid}/fd`).length;
    const before = openFiles();
    const line = '(sleep 0.05 &); (setsid sleep 0.05 &); cat | tail -c 1';
    for (let turn = 0; turn < 10; turn += 1) {
      const jobs = Array.from({ length: 10 }, () => run(starter, line, 'x'.repeat(100_000)));
      for (const { ended } of jobs) expect(await ended).toEqual(exited(0));
    }
    const over = run(starter, 'echo over');
    await over.lines.find('over');
    await over.ended;
    const zombies = () => childrenOf(pid!).filter((child) => !isRunning(child));
    // The last keeper ends just after its job: without an end of both this waits until the test's time is over.
    while (openFiles() > before || zombies().length > 0) await new Promise(setImmediate);
    expect(residentKiB(pid!)).toBeLessThan(8_000);
  });

  it('holds back one whose output is not taken, in little memory, while others go on', async () => {
    const { starter } = await startStarter();
    const [pid] = launcherPids();
    const pour = (name: string): WorkerProcess =>
      starter.start({
        command: {
          program: '/bin/sh',
          arguments: ['-c', `head -c 100000000 /dev/zero; echo ${name} >&2`],
          text: '',
        },
        environment: { PATH: process.env.PATH },
        input: '',
      });
    const [stuck, slow] = [pour('stuck'), pour('slow')];
    let slowBytes = 0;
    let peakKiB = 0;
    const slowRead = read(slow.stdout, (chunk) => {
      slowBytes += chunk.length;
      peakKiB = Math.max(peakKiB, residentKiB(pid!));
    });
    for (let turn = 0; turn < 20; turn += 1) expect(await run(starter, 'exit 3').ended).toEqual(exited(3));
    await Promise.all([slowRead, slow.ended]);
    expect(slowBytes).toBe(100_000_000);
    expect(peakKiB).toBeLessThan(8_000);
    let hasEnded = false;
    void stuck.ended.then(() => (hasEnded = true));
    await run(starter, 'true').ended;
    expect(hasEnded).toBe(false);
    let stuckBytes = 0;
    await read(stuck.stdout, (chunk) => (stuckBytes += chunk.length));
    expect([stuckBytes, await stuck.ended]).toEqual([100_000_000, exited(0)]);
  });

  it('is not stalled by workers that never read a megabyte of input', async () => {
    const { starter } = await startStarter();
    const deaf = Array.from({ length: 5 }, () =>
      run(starter, 'echo on; exec sleep 600', 'x'.repeat(2 ** 20)),
    );
    for (const { lines } of deaf) await lines.find('on');
    expect(await run(starter, 'exit 5').ended).toEqual(exited(5));
    deaf.forEach(({ worker }) => {
      worker.signal('SIGKILL');
    });
    for (const { ended } of deaf) expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  });

  it('works on at its limit of open files, and says what it could not start', async () => {
    const { starter, log } = await startStarter(script('few', `#!/bin/sh\nulimit -n 64\nexec ${LAUNCHER}\n`));
    const all = Array.from({ length: 40 }, () => run(starter, 'echo on; exec sleep 600'));
    const refused = all.slice(-5);
    for (const { ended } of refused) {
      expect(await ended).toEqual({
        kind: 'not-started',
        reason: 'cannot run /bin/sh: no more open files',
        code: 'EMFILE',
      });
    }
    const held = all.slice(0, 20);
    for (const { lines } of held) await lines.find('on');
    held.forEach(({ worker }) => {
      worker.signal('SIGKILL');
    });
    for (const { ended } of held) expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await run(starter, 'exit 5').ended).toEqual(exited(5));
    expect(log.lines).toEqual([]);
  });

  it('never waits for output that is no longer there: a worker can read its own', async () => {
    const { starter } = await startStarter();
    const [pid] = launcherPids();
    await run(starter, 'echo on; exec sleep 600').lines.find('on');
    const flags = readdirSync(`/proc/${pid}/fd`)
      .filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('pipe:'))
      .map((fd) => /flags:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1])
      .map((text) => parseInt(text!, 8))
      .filter((each) => (each & (constants.O_WRONLY | constants.O_RDWR)) === 0);
    expect(flags).toHaveLength(2);
    for (const each of flags) expect(each & constants.O_NONBLOCK).toBe(constants.O_NONBLOCK);
  });

  it('keeps no memory of a big message', async () => {
    const { starter } = await startStarter();
    const [pid] = launcherPids();
    const before = residentKiB(pid!);
    const { ended } = run(starter, 'wc -c', 'x'.repeat(12_000_000));
    expect(await ended).toEqual(exited(0));
    expect(await run(starter, 'true').ended).toEqual(exited(0));
    expect(residentKiB(pid!) - before).toBeLessThan(1_000);
  });

  it('does not heed what is sent to all processes: the watcher does', async () => {
    const { starter, log } = await startStarter();
    const [pid] = launcherPids();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE'] as const) process.kill(pid!, signal);
    expect(await run(starter, 'exit 5').ended).toEqual(exited(5));
    expect(log.lines).toEqual([]);
  });

  it('takes its workers with it when it is killed, and is started again', async () => {
    const { starter, log } = await startStarter();
    const [pid] = launcherPids();
    const held = run(starter, 'sleep 600 & echo "$! left"; echo $$; sleep 600');
    const pids = [pidIn(await held.lines.find('left')), pidIn(await held.lines.find(/^\d+$/))];
    process.kill(pid!, 'SIGKILL');
    expect(await held.ended).toEqual({ kind: 'lost', reason: `${KILLED}, and its workers were killed` });
    for (const each of pids) await whenEnded(each);
    expect(log.lines).toEqual([`error ${KILLED}, and 1 workers were killed`]);

    // By Node or the next one: either way it runs.
    expect(await run(starter, 'exit 5').ended).toEqual(exited(5));
    while (launcherPids().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(launcherPids()[0]).not.toBe(pid);
  });

  it('is killed with its workers when it hangs, and is started again', async () => {
    const clock = createFakeClock();
    const { starter, log } = await startStarter(LAUNCHER, clock);
    const [pid] = launcherPids();
    const held = run(starter, 'echo $$; sleep 600');
    const worker = pidIn(await held.lines.find(/\d/));
    process.kill(pid!, 'SIGSTOP');
    await clock.advance(39_999);
    expect(isRunning(worker)).toBe(true);
    await clock.advance(1);
    const text = 'the launcher of workers ended (it has not answered for 30 seconds)';
    expect(await held.ended).toEqual({ kind: 'lost', reason: `${text}, and its workers were killed` });
    for (const each of [worker, pid!]) await whenEnded(each);
    expect(log.lines).toEqual([`error ${text}, and 1 workers were killed`]);
    while (launcherPids().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('is not killed as long as it answers, be it late', async () => {
    const clock = createFakeClock();
    const { starter, log } = await startStarter(LAUNCHER, clock);
    const [pid] = launcherPids();
    for (let turn = 0; turn < 3; turn += 1) {
      process.kill(pid!, 'SIGSTOP');
      await clock.advance(30_000);
      process.kill(pid!, 'SIGCONT');
      // It answers in the order in which it is asked.
      expect(await run(starter, 'exit 5').ended).toEqual(exited(5));
    }
    expect(launcherPids()).toContain(pid);
    expect(log.lines).toEqual([]);
  });

  it('is given up when it ends again and again', async () => {
    const { starter, log } = await startStarter();
    for (let end = 1; end <= 3; end += 1) {
      const parent = run(starter, `${GRANDPARENT}; sleep 600`);
      // The next one has answered when a worker is its own.
      while (pidIn(await parent.lines.find(/\d/)) === process.pid) {
        parent.worker.signal('SIGKILL');
        await parent.ended;
        Object.assign(parent, run(starter, `${GRANDPARENT}; sleep 600`));
      }
      process.kill(pidsIn(await parent.lines.find(/\d/))[1]!, 'SIGKILL');
      expect(await parent.ended).toMatchObject({ kind: 'lost' });
    }
    expect(log.lines.at(-1)).toBe(`warn the launcher ended 3 times: ${SLOWER}`);
    expect(log.lines).toHaveLength(4);
    const last = run(starter, 'echo $PPID');
    expect(pidIn(await last.lines.find(/\d/))).toBe(process.pid);
  });
});

describeWithLauncher('what is no launcher is not used, and that is said once', () => {
  it.each([
    { name: 'not there', file: () => path.join(folder, 'none'), reason: /ENOENT/ },
    {
      name: 'no program',
      file: () => {
        writeFileSync(path.join(folder, 'text'), 'text', { mode: 0o644 });
        return path.join(folder, 'text');
      },
      reason: /EACCES/,
    },
    {
      name: 'of another machine',
      file: () => script('other', '\x7fELF\x02\x01\x01'),
      reason: /ENOEXEC|exit code/,
    },
    { name: 'something that ends', file: () => script('ends', '#!/bin/sh\nexit 4\n'), reason: /exit code 4/ },
    {
      name: 'of another version',
      file: () => script('new', "#!/bin/sh\nprintf '\\011\\0\\0\\0\\001\\0\\0\\0\\0\\007\\0\\0\\0'; cat\n"),
      reason: /it is of version 7/,
    },
    {
      name: 'no speaker of frames',
      file: () => script('talks', '#!/bin/sh\necho hello world; cat\n'),
      reason: /no frame/,
    },
  ])('where it is $name', async ({ file, reason }) => {
    const { starter, log } = await startStarter(file());
    expect(await run(starter, 'exit 5').ended).toEqual(exited(5));
    expect(await run(starter, 'exit 6').ended).toEqual(exited(6));
    expect(log.lines).toEqual([
      expect.stringMatching(/^warn the launcher cannot be used \(.*\): Node itself/),
    ]);
    expect(log.lines[0]).toMatch(reason);
  });

  it('where it does not answer for two seconds', async () => {
    const clock = createFakeClock();
    const { starter, log } = await startStarter(script('mute', '#!/bin/sh\nexec cat\n'), clock);
    await clock.advance(1_999);
    expect(log.lines).toEqual([]);
    await clock.advance(1);
    await starter.ready;
    expect(log.lines).toEqual([`warn the launcher cannot be used (it does not answer): ${SLOWER}`]);
  });

  it('where there is none for the machine', async () => {
    const log = createTestLog();
    const starter = createStarter({ file: undefined, log, clock: systemClock });
    await starter.ready;
    expect(await run(starter, 'exit 5').ended).toEqual(exited(5));
    expect(log.lines).toEqual([`info there is no launcher for this machine: ${SLOWER}`]);
  });
});

function residentKiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}
