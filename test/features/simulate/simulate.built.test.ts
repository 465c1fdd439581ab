import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { formatPlain, LogLevel, LogSource, outcomeText } from '../../../src/contract/log-lines';
import { JobResult } from '../../../src/contract/outcomes';
import { copyService, endFrameworks, removeServices, runFramework } from '../../helpers/framework';
import { jsonLines } from '../../helpers/command-bench';
import { startInTerminal } from '../../helpers/terminal';
import { itWithPython3 } from '../../helpers/python';

let folder: string;
beforeAll(() => {
  folder = copyService('map-tiles');
});
afterEach(endFrameworks);
afterAll(removeServices);

const simulate = (...args: readonly string[]) =>
  runFramework('osls', ['watchbot', 'simulate', ...args], { folder });
const write = (name: string, lines: readonly string[]) => {
  writeFileSync(path.join(folder, name), lines.map((line) => `${line}\n`).join(''));
};
const outcomeLine = (durationMs: number) =>
  formatPlain({
    time: new Date(0),
    source: LogSource.watcher,
    messageId: 'x',
    level: LogLevel.info,
    text: outcomeText({
      result: JobResult.success,
      durationMs,
      responseDurationMs: durationMs,
      receives: 1,
      code: 0,
      signal: null,
      reason: 'exit code 0',
    }),
  });

interface Policy {
  policy: string;
  drainSeconds: number | null;
  taskHours: number;
  cost: number;
  maxTasks: number;
  messages: number;
  samples: unknown[];
}

it('reads files, and gives machines one document, with steps within a budget', async () => {
  write('arrivals.txt', ['2026-01-31T12:00:00Z', '', '2026-01-31T12:01:00Z, 99']);
  write('log.txt', ['starting', outcomeLine(2_000), outcomeLine(2_000), outcomeLine(2_000)]);
  const { output, code } = await simulate(
    ...['--worker', 'render', '--arrivals', 'arrivals.txt', '--outcomes', 'log.txt', '--json'],
    ...['--vcpu-price', '0.04', '--gb-price', '0.004', '--search', '--budget', '10h', '--min', '0'],
  );
  const [document] = jsonLines(output);
  expect(code).toBe(0);
  expect(document).toMatchObject({
    worker: 'render',
    bounds: { minTasks: 0, maxTasks: 200, jobsAtOncePerTask: 4 },
    load: {
      messages: 100,
      arrivals: { kind: 'times', lastAtSeconds: 60 },
      jobDurations: { kind: 'samples', jobs: 3 },
      messageGroups: null,
    },
    seed: 1,
    proposal: {
      budgetTaskHours: 10,
      steps: expect.arrayContaining([{ messages: 1, tasks: expect.any(Number) }]),
    },
  });
  // 4 vCPUs and 8 GB.
  expect(document!.pricePerTaskHour).toBeCloseTo(4 * 0.04 + 8 * 0.004, 9);
  const policies = document!.policies as Policy[];
  expect(policies.map(({ policy }) => policy)).toEqual([
    ...['serverless-watchbot', 'proposal', 'watchbot', 'copilot', 'lower-bound'],
  ]);
  const bound = policies.at(-1)!;
  for (const { messages, drainSeconds, taskHours, cost, maxTasks, samples } of policies) {
    expect(messages).toBe(100);
    // Copilot never starts a task if a single one could do all in time.
    expect(drainSeconds ?? Infinity).toBeGreaterThanOrEqual(bound.drainSeconds!);
    expect(cost).toBeCloseTo(taskHours * 0.192, 9);
    expect(maxTasks).toBeLessThanOrEqual(200);
    expect(samples.length).toBeGreaterThan(0);
  }
});

itWithPython3('draws on a terminal as wide as it is, and writes the plot', async () => {
  const args = [
    '--worker',
    'expire',
    '--max',
    '20',
    '--messages',
    '500',
    '--price',
    '0.05',
    '--plot',
    'load.svg',
  ];
  const terminal = startInTerminal('osls', ['watchbot', 'simulate', ...args], {
    folder,
    columns: 80,
    rows: 60,
  });
  const shown = await terminal.see('── Watchbot');
  expect(await terminal.ended).toBe(0);
  expect(shown).toMatch(/^load +500 messages at once$/m);
  expect(shown).toMatch(/done in +wait p50 +p95 +max +tasks +starts +hours +cost$/m);
  for (const name of ['this service', 'Watchbot', 'Copilot', 'lower bound']) {
    expect(shown).toMatch(new RegExp(`^${name}( +[\\d.,]+( (s|min|h))?){8}$`, 'm'));
  }
  for (const line of shown.slice(shown.indexOf('expire')).split('\n'))
    expect(line.length).toBeLessThanOrEqual(80);
  const svg = readFileSync(path.join(folder, 'load.svg'), 'utf8');
  expect(svg).toContain('Scaling of map-tiles, worker expire, simulated');
  expect(svg.match(/<polyline/g)).toHaveLength(12);
});

it('is plain if output is piped', async () => {
  const { output, code } = await simulate(
    ...[
      '--worker',
      'purge',
      '--rate',
      '30/m',
      '--duration',
      '30m',
      '--job-duration',
      '500ms',
      '--job-p95',
      '2s',
    ],
    ...['--groups', '10', '--max', '5', '--start-time', '2m', '--interruptions', '5'],
  );
  expect(code).toBe(0);
  expect(output).toMatch(/^load +30 messages a minute for 30 min, in 10 message groups$/m);
  expect(output).toMatch(/^jobs +half take 0.5 s or less, 95 % 2 s or less$/m);
  expect(output).toMatch(/starts in 2 min, Spot takes back 5 % an hour$/m);
  expect(output).toContain('── this service');
  expect(output).not.toContain('\u001b');
});

it('has the steps of the template, which reach to the fewest and the most tasks of any hour', async () => {
  const withHours = copyService('scaling-policies');
  const { output } = await runFramework(
    'osls',
    ['watchbot', 'simulate', '--worker', 'reports', '--messages', '100', '--job-duration', '1m'],
    { folder: withHours },
  );
  expect(output).toMatch(/^tasks +0 to 8$/m);
});

it('says all that is wrong with the command line at once', async () => {
  write('wrong.txt', ['12.5', 'noon']);
  const { output, code } = await simulate(
    ...['--messages', '0', '--rate', '5', '--arrivals', 'wrong.txt', '--duration', '2w'],
    ...['--job-duration', '0s', '--outcomes', 'wrong.txt', '--groups', '1', '--min', '5', '--max', '2'],
    ...[
      '--price',
      '1',
      '--gb-price',
      '-3',
      '--budget',
      'x',
      '--seed',
      'a',
      '--interruptions',
      '200',
      '--start-time',
      '2h',
      '--job-cpu',
      '101',
    ],
  );
  expect(code).toBe(1);
  const places = [...output.matchAll(/^(WATCHBOT_\w+) at (.+)$/gm)].map(
    ([, error, place]) => `${error!} ${place!}`,
  );
  expect(places.sort()).toEqual(
    [
      'WATCHBOT_UNKNOWN_WORKER --worker',
      ...[
        ...['--messages', '--rate', '--rate', '--arrivals', '--duration', '--job-duration', '--outcomes'],
        ...['--min, --max', '--price', '--gb-price', '--gb-price', '--budget', '--budget', '--seed'],
        ...['--interruptions', '--start-time', '--job-cpu'],
      ].map((place) => `WATCHBOT_ARGUMENTS ${place}`),
    ].sort(),
  );
  expect(output).toMatch(/given: +wrong\.txt, line 2: noon/);
  expect(output).not.toMatch(/^\s+at .+:\d+:\d+/m);
});
