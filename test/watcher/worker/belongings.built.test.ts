import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/shared/clock';
import { createStarter, type Starter } from '../../../src/watcher/worker/launcher/starter';
import { startByNode, startKept } from '../../../src/watcher/worker/node-spawn';
import { runWorker, type StartWorker } from '../../../src/watcher/worker/run-worker';
import { readResidentMemory } from '../../../src/watcher/worker/processes';
import { collectLines } from '../../helpers/lines';
import { childrenOf, isRunning, killTree, processesWith, whenEnded, whenGone } from '../../helpers/processes';
import { createTestLog } from '../../helpers/test-log';
import { describeEachWay, describeWithLauncher, LAUNCHER } from '../../helpers/ways-to-start';

let lastMark = 0;

/** A length of time that no other process sleeps for. */
const newMark = () => `6${process.pid}.${(lastMark += 1)}`;

function run(start: StartWorker, line: string, mark: string) {
  const lines = collectLines();
  const worker = runWorker({
    start,
    command: { program: '/bin/sh', arguments: ['-c', line.replaceAll('MARK', mark)], text: line },
    environment: { PATH: process.env.PATH },
    input: '',
    clock: systemClock,
    writeLines: (texts) => {
      texts.forEach(lines.add);
    },
  });
  return { worker, lines };
}

const AWAY = '</dev/null >/dev/null 2>&1';
const daemon = (program: string) => `(setsid sh -c '${program} & sleep 0.01' ${AWAY} &)`;

/** Each leaves a process behind that sleeps for the mark, and that is not in its worker's group. */
const STRAYS: Record<string, string> = {
  'timeout, which leaves the group': `(timeout 600 sleep MARK ${AWAY} &)`,
  setsid: `setsid sleep MARK ${AWAY} &`,
  'nohup in a session of its own': `nohup setsid sleep MARK ${AWAY} &`,
  'a double fork': daemon('sleep MARK'),
  'a daemon that clears its environment': daemon('exec env -i sleep MARK'),
  'a daemon that heeds no SIGTERM': daemon('trap "" TERM; sleep MARK'),
  'a daemon that is stopped': daemon('sleep MARK & sleep 0.1; kill -STOP $!; sleep 0.01'),
  'one that holds the output': 'setsid sh -c "trap \\"\\" TERM; sleep MARK" &',
  'a namespace of process ids, if the machine lets it make one': `setsid sh -c "unshare --map-root-user --pid --fork sleep MARK || sleep MARK" ${AWAY} &`,
  'many generations': daemon(
    'sh -c "setsid sh -c \\"setsid sleep MARK & setsid sleep MARK & wait\\" & wait"',
  ),
};

/** So that they have all begun. */
const settle = 'sleep 0.2';

describeWithLauncher('what belongs to a job', () => {
  const log = createTestLog();
  let starter: Starter;
  beforeAll(async () => {
    starter = createStarter({ file: LAUNCHER, log, clock: systemClock });
    await starter.ready;
  });
  afterAll(() => {
    starter.close();
    expect(log.lines).toEqual([]);
  });
  const start: StartWorker = (request) => starter.start(request);

  it.each(Object.entries(STRAYS))('is gone when its worker has ended: %s', async (_name, line) => {
    const mark = newMark();
    const { worker } = run(start, `${line}\n${settle}; exit 3`, mark);
    const end = await worker.ended;
    expect(processesWith(mark)).toEqual([]);
    expect(end).toMatchObject({ code: 3, stopped: undefined, remains: { stuckCount: 0 } });
    expect(end.kind === 'exited' && end.remains?.leftCount).toBeGreaterThan(0);
    expect(end.kind === 'exited' && end.remains?.leftNames).toMatch(/sleep|timeout|sh/);
  });

  it.each(Object.entries(STRAYS))('is killed with it: %s', async (_name, line) => {
    const mark = newMark();
    const { worker, lines } = run(start, `${line}\n${settle}; echo on; sleep 600`, mark);
    await lines.find('on');
    expect(processesWith(mark)).not.toEqual([]);
    worker.kill();
    expect(await worker.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(processesWith(mark)).toEqual([]);
  });

  it.each(['setsid', 'timeout 600', 'env -i setsid'])('is told with it, and has its time: %s', async (by) => {
    const work = "trap 'echo told; sleep 0.3; echo done; exit 0' TERM; echo on; while :; do sleep 0.05; done";
    const { worker, lines } = run(start, `${by} /bin/sh -c "${work}" & wait`, newMark());
    await lines.find('on');
    worker.stop('shutdown', 60_000);
    expect(await worker.ended).toMatchObject({ signal: 'SIGTERM', stopped: 'shutdown' });
    // `timeout` passes on what it is told; some shells say that their program was terminated.
    expect([...new Set(lines.all)].filter((text) => text !== 'Terminated')).toEqual(['on', 'told', 'done']);
  });

  it('learns of it where it was stopped by a signal', async () => {
    const { worker, lines } = run(
      start,
      'setsid sh -c \'trap "echo told; exit" TERM; echo on; kill -STOP $$; sleep 600\' & wait',
      newMark(),
    );
    await lines.find('on');
    worker.stop('shutdown', 60_000);
    await worker.ended;
    expect(lines.all).toEqual(['on', 'told']);
  });

  it('is ended though it starts others as fast as it can', async () => {
    const mark = newMark();
    const bomb = 'i=0; while [ $i -lt 300 ]; do setsid sleep MARK & i=$((i + 1)); done; echo on';
    const { worker, lines } = run(
      start,
      `for x in 1 2 3; do setsid sh -c '${bomb}; ${bomb}' & done; wait`,
      mark,
    );
    await lines.find('on');
    worker.kill();
    await worker.ended;
    expect(processesWith(mark)).toEqual([]);
  });

  it('is ended also where the worker kills its parent', async () => {
    const mark = newMark();
    const { worker } = run(start, `${daemon('sleep MARK')}; ${settle}; kill -9 $PPID; sleep 600`, mark);
    expect(await worker.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(processesWith(mark)).toEqual([]);
    expect(await run(start, 'exit 5', mark).worker.ended).toMatchObject({ code: 5 });
  });

  it('is no other job, and no neighbour', async () => {
    const [mark, other, foreign] = [newMark(), newMark(), newMark()];
    const neighbour = spawn('setsid', ['sleep', foreign], { stdio: 'ignore', detached: true });
    const beside = run(start, `${daemon('sleep MARK')}; ${settle}; echo on; sleep 600`, other);
    await beside.lines.find('on');
    await run(start, `${daemon('sleep MARK')}; ${settle}`, mark).worker.ended;
    expect([mark, other, foreign].map((each) => processesWith(each).length > 0)).toEqual([false, true, true]);
    beside.worker.kill();
    await beside.worker.ended;
    expect(processesWith(foreign)).not.toEqual([]);
    for (const pid of [neighbour.pid!, ...processesWith(foreign)]) if (isRunning(pid)) killTree(pid);
  });

  it('leaves no zombies', async () => {
    await run(start, `for x in 1 2 3; do (setsid true &); done; ${settle}`, newMark()).worker.ended;
    const launcher = childrenOf(process.pid).find((pid) =>
      readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('launcher'),
    );
    // The keeper ends just after its job: what stays makes this wait until the test's time is over.
    while (childrenOf(launcher!).length > 0) await new Promise(setImmediate);
  });

  it('is ended with a launcher that is killed', async () => {
    const own = createStarter({ file: LAUNCHER, log: createTestLog(), clock: systemClock });
    await own.ready;
    const mark = newMark();
    const { worker, lines } = run(
      (request) => own.start(request),
      `${daemon('sleep MARK')}; ${settle}; cut -d ' ' -f 4 /proc/$PPID/stat; sleep 600`,
      mark,
    );
    process.kill(Number(await lines.find(/^\d+$/)), 'SIGKILL');
    expect(await worker.ended).toMatchObject({ kind: 'lost' });
    // Its keeper does it, of which nobody hears any more.
    await whenGone(mark);
    own.close();
  });

  it('is ended with a watcher that is gone', async () => {
    const own = createStarter({ file: LAUNCHER, log: createTestLog(), clock: systemClock });
    await own.ready;
    const mark = newMark();
    const { lines } = run(
      (request) => own.start(request),
      `${daemon('sleep MARK')}; ${settle}; echo on; sleep 600`,
      mark,
    );
    await lines.find('on');
    const pids = processesWith(mark);
    own.close();
    for (const pid of pids) await whenEnded(pid);
  });

  it('is measured by its biggest process', async () => {
    const grow = `node -e "Buffer.alloc(150 * 2 ** 20, 1)"`;
    const end = await run(start, `${grow}; true`, newMark()).worker.ended;
    const mib = end.kind === 'exited' ? end.remains!.peakMemoryKiB! / 1024 : 0;
    expect(mib).toBeGreaterThan(150);
    expect(mib).toBeLessThan(350);
    const small = await run(start, 'true', newMark()).worker.ended;
    expect(small.kind === 'exited' && small.remains!.peakMemoryKiB).toBeLessThan(16 * 1024);
  });
});

describeEachWay((start) => {
  const adjOf = (pid: number | string) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'));

  it('is killed before watcher and launcher where memory runs out', async () => {
    const own = adjOf('self');
    const line = 'sleep 0.2; cat /proc/self/oom_score_adj; echo $PPID';
    const { worker, lines } = run(start, `${line}; sleep 0.3`, newMark());
    const parent = Number((await lines.findAll(2, /\d/))[1]);
    expect(adjOf(parent)).toBe(own);
    for (const pid of childrenOf(process.pid)) {
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8');
      if (name.startsWith('launcher')) expect(adjOf(pid)).toBe(own);
    }
    await worker.ended;
    expect(Number(lines.all[0])).toBe(Math.min(1000, own + 500));
    expect(adjOf('self')).toBe(own);
  });

  it('says what it left in its group', async () => {
    const end = await run(start, `sleep MARK ${AWAY} & ${settle}`, newMark()).worker.ended;
    expect(end).toMatchObject({ code: 0, remains: { leftCount: 1, leftNames: 'sleep', stuckCount: 0 } });
  });
});

describeWithLauncher('what belongs to a process that Node has started, kept by the launcher', () => {
  const start = startKept(LAUNCHER!);

  it.each(Object.entries(STRAYS))('is gone when it has ended: %s', async (_name, line) => {
    const mark = newMark();
    const { worker } = run(start, `${line}\n${settle}; exit 3`, mark);
    expect(await worker.ended).toMatchObject({ code: 3 });
    expect(processesWith(mark)).toEqual([]);
  });

  it('goes on until it ends, is told with it, and killed with it', async () => {
    const mark = newMark();
    const { worker, lines } = run(
      start,
      `${daemon('trap "" TERM; sleep MARK')}; trap 'echo told' TERM; ${settle}; echo on; while :; do sleep 0.05; done`,
      mark,
    );
    await lines.find('on');
    worker.stop('duration', 300);
    await lines.find('told');
    expect(processesWith(mark)).not.toEqual([]);
    expect(await worker.ended).toMatchObject({ signal: 'SIGKILL', stopped: 'duration' });
    expect(processesWith(mark)).toEqual([]);
  });

  it.each(['exit 0', 'exit 200', 'kill -TERM $$', 'kill -SEGV $$', 'kill -KILL $$', 'kill -USR1 $$'])(
    'is known by its own end: %s',
    async (line) => {
      const ends = await Promise.all([start, startByNode].map((by) => run(by, line, '').worker.ended));
      expect(ends[0]).toEqual(ends[1]);
    },
  );

  it('counts into its memory, whichever group it is in', async () => {
    const grow = `node -e "globalThis.kept = Buffer.alloc(120 * 2 ** 20, 1); console.log('on'); setInterval(() => 0, 1000)"`;
    const { worker, lines } = run(start, `setsid ${grow} & wait`, '');
    await lines.find('on');
    const resident = await readResidentMemory();
    expect(resident.get(worker.groupId!)).toBeGreaterThan(120);
    expect(resident.get(process.pid)).toBeGreaterThan(resident.get(worker.groupId!)!);
    worker.kill();
    await worker.ended;
  });
});

/** Of a watcher that is not root, as behind a `USER` of the image. */
const describeAsRoot = process.getuid!() === 0 ? describeWithLauncher : describe.skip;

describeAsRoot("what a job started and the watcher's user may not end", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
  const [shell, launcher, byNobody] = ['sh', 'launcher', 'by-nobody'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  const log = createTestLog();
  let starter: Starter;
  const mark = newMark();
  beforeAll(async () => {
    copyFileSync(LAUNCHER!, launcher);
    copyFileSync('/bin/sh', shell);
    const become = 'setpriv --reuid 65534 --regid 65534 --clear-groups';
    writeFileSync(byNobody, `#!/bin/sh\nexec ${become} ${launcher} "$@"\n`);
    for (const [file, mode] of [
      [folder, 0o755],
      [byNobody, 0o755],
      [shell, 0o4755],
    ] as const)
      chmodSync(file, mode);
    starter = createStarter({ file: byNobody, log, clock: systemClock });
    await starter.ready;
  });
  afterAll(() => {
    starter.close();
    processesWith(mark).forEach(killTree);
    rmSync(folder, { recursive: true });
    expect(log.lines).toEqual([]);
  });
  /** As sudo would start it. */
  const asRoot = () =>
    `exec ${shell} -p -c 'exec setpriv --reuid 0 --regid 0 --clear-groups sh -c "echo on; exec sleep MARK"'`;
  const ways = () => [(request) => starter.start(request), startKept(byNobody)] satisfies StartWorker[];

  it('is told of, is waited for no longer than for its end, and is not done where it is the worker', async () => {
    const left = ways().map(
      (start) => run(start, `(${asRoot()}) ${AWAY} & ${settle}; exit 0`, mark).worker.ended,
    );
    const killed = ways().map(async (start) => {
      const { worker, lines } = run(start, asRoot(), mark);
      await lines.find('on');
      worker.stop('duration', 100);
      return worker.ended;
    });
    const end = { code: null, signal: 'SIGKILL', stopped: 'duration' };
    expect(await Promise.all([...left, ...killed])).toMatchObject([
      { code: 0, remains: { leftCount: 1, leftNames: 'sleep', stuckCount: 1 } },
      { code: 0 },
      { ...end, remains: { stuckCount: 1 } },
      end,
    ]);
  }, 30_000);
});

describe('by Node', () => {
  it('a group that got the number of an ended worker is not touched', async () => {
    const worker = startByNode({
      command: { program: '/bin/true', arguments: [], text: '' },
      environment: {},
      input: '',
    });
    await worker.ended;
    expect(await worker.finish(false)).toBeUndefined();
  });
});
