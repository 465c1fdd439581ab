import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/shared/clock';
import { createStarter, type Starter } from '../../../src/watcher/worker/launcher/starter';
import { startByNodeFor, startKept } from '../../../src/watcher/worker/node-spawn';
import { encodeRules, type WorkerRules } from '../../../src/watcher/worker/rules';
import { runWorker, type StartWorker } from '../../../src/watcher/worker/run-worker';
import { collectLines } from '../../helpers/lines';
import { createTestLog } from '../../helpers/test-log';
import { describeEachLauncher } from '../../helpers/ways-to-start';

const RULES: WorkerRules = {
  stopSignal: 'SIGINT',
  limits: [
    { name: 'nofile', soft: 123, hard: 456 },
    { name: 'cpu', soft: 60, hard: -1 },
    // More than there is: what there is stays.
    { name: 'stack', soft: -1, hard: -1 },
  ],
};

function run(start: StartWorker, line: string) {
  const lines = collectLines();
  const worker = runWorker({
    start,
    command: { program: '/bin/sh', arguments: ['-c', line], text: line },
    environment: { PATH: process.env.PATH },
    input: '',
    clock: systemClock,
    writeLines: (texts) => {
      texts.forEach(lines.add);
    },
  });
  return { worker, lines };
}

/** A worker that says which signal told it to end. */
const SAYS_SIGNAL =
  'for signal in INT TERM HUP; do trap "echo $signal; exit 0" $signal; done; echo on; while :; do sleep 0.05; done';

function tellsBySignal(start: () => StartWorker) {
  it('tells a worker to end by the signal that it wants', async () => {
    const { worker, lines } = run(start(), SAYS_SIGNAL);
    await lines.find('on');
    worker.stop('shutdown', 5_000);
    expect(await worker.ended).toMatchObject({ code: 0, stopped: 'shutdown' });
    expect(lines.all).toContain('INT');
  });
}

describeEachLauncher('the launcher', (file) => {
  const log = createTestLog();
  let starter: Starter;
  beforeAll(async () => {
    starter = createStarter({ file, rules: RULES, log, clock: systemClock });
    await starter.ready;
  });
  afterAll(() => {
    starter.close();
    expect(log.lines).toEqual([]);
  });

  const ways: Record<string, () => StartWorker> = {
    'beside others': () => (request) => starter.start(request),
    alone: () => startKept(file, RULES),
  };

  describe.each(Object.keys(ways))('where it keeps a worker %s', (way) => {
    tellsBySignal(ways[way]!);

    it('puts the limits on the worker, and on what it starts', async () => {
      const limits = 'ulimit -Sn; ulimit -Hn; ulimit -St';
      const { worker, lines } = run(ways[way]!(), `${limits}; sh -c 'ulimit -Sn'`);
      expect(await worker.ended).toMatchObject({ code: 0 });
      expect(lines.all).toEqual(['123', '456', '60', '123']);
    });
  });

  it('keeps its own limits: many workers beside each other have their pipes', async () => {
    const workers = Array.from({ length: 60 }, () =>
      run((request) => starter.start(request), 'echo on; sleep 0.3'),
    );
    const ends = await Promise.all(workers.map(({ worker }) => worker.ended));
    expect(ends.every((end) => end.kind === 'exited' && end.code === 0)).toBe(true);
  });
});

describe('Node alone', () => {
  tellsBySignal(() => startByNodeFor(RULES));
});

it('rules are told in the numbers of Linux', () => {
  expect(encodeRules(RULES)).toBe('2,7:123:456,0:60:-1,3:-1:-1');
});
