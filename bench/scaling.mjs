// Simulates the scaling policy, and compares it with the original Watchbot's and with a bound that no policy can beat.
import { createRequire } from 'node:module';
import { SCALING_LOADS } from './scaling-loads.mjs';

const require = createRequire(import.meta.url);
const { choosePolicy } = require('../dist/scaling/choose-policy.js');
const { copilotPolicy, watchbotPolicy } = require('../dist/scaling/policies/predecessors.js');
const { lowerBound } = require('../dist/features/simulate/bound.js');
const { simulate } = require('../dist/features/simulate/simulation.js');

/** Number of simulations of a load. Each begins at another moment of CloudWatch's minute; the mean counts. */
export const RUNS = 6;

const HOUR = 3_600;
const CONCURRENCY = 1;
/** The acceptable latency, which Copilot's policy needs. */
const LATENCY_SECONDS = 60;

export async function measure(runs) {
  const results = SCALING_LOADS.map((load) => ({ load, ...resultsOf(load, runs) }));
  results.forEach(printCase);
  printFrontier(runs);
  return [...summaries(results, runs), ...results.flatMap((each) => rowsOf(each, runs))];
}

/** Values of `scaling.keepIdle` in seconds, including the default. */
const KEEP_IDLE = [60, 120, 180, 240, 300, 600, 900];

/** Prints what `scaling.keepIdle` changes: launches, task-hours and waits of the day, and task-hours of the bursts. */
function printFrontier(runs) {
  const day = SCALING_LOADS.find(({ name }) => name.startsWith('a day'));
  const bursts = SCALING_LOADS.filter(({ isBurst }) => isBurst);
  const under = (load, policy) => meanOf(load, runs, (given) => simulate({ ...given, policy }));
  const bound = meanOf(day, runs, lowerBound);
  const watchbot = bursts.map((load) => under(load, watchbotPolicy(load)).hours);
  console.log(['keepIdle s', 'launches', 'of bound h', 'p95 wait s', 'bursts h'].map(cell).join(' '));
  for (const keepIdle of KEEP_IDLE) {
    const ours = ({ max }) => choosePolicy({ min: 0, max, keepIdle }, CONCURRENCY);
    const { started, hours, p95 } = under(day, ours(day));
    const ofWatchbot = geometric(
      bursts.map((load, index) => under(load, ours(load)).hours / watchbot[index]),
    );
    const figures = [started.toFixed(0), (hours / bound.hours).toFixed(3), p95.toFixed(1)];
    console.log([String(keepIdle), ...figures, ofWatchbot.toFixed(2)].map(cell).join(' '));
  }
}

const geometric = (ratios) =>
  Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);

function resultsOf(load, runs) {
  const { max, seconds } = load;
  const policies = {
    ours: choosePolicy({ min: 0, max }, CONCURRENCY),
    watchbot: watchbotPolicy({ max }),
    copilot: copilotPolicy({ jobSeconds: seconds, latencySeconds: LATENCY_SECONDS }),
  };
  const each = (simulated) => meanOf(load, runs, simulated);
  return {
    bound: each(lowerBound),
    ...Object.fromEntries(
      Object.entries(policies).map(([name, policy]) => [
        name,
        each((given) => simulate({ ...given, policy })),
      ]),
    ),
  };
}

function meanOf({ max, arrivals, durations }, runs, simulated) {
  const input = (run) => ({
    bounds: { min: 0, max, concurrency: CONCURRENCY },
    load: { arrivals, durations },
    world: { metricPhaseSeconds: ((run + 0.5) * 60) / runs },
    seed: 1,
  });
  return mean(Array.from({ length: runs }, (_, run) => simulated(input(run))));
}

function mean(results) {
  const of = (value) => results.reduce((sum, result) => sum + value(result), 0) / results.length;
  return {
    drain: of(({ drainSeconds }) => drainSeconds ?? NaN),
    p50: of(({ waitSeconds }) => waitSeconds.p50),
    p95: of(({ waitSeconds }) => waitSeconds.p95),
    most: Math.max(...results.map(({ maxTasks }) => maxTasks)),
    started: of(({ startedTasks }) => startedTasks),
    hours: of(({ taskSeconds }) => taskSeconds / HOUR),
  };
}

function printCase({ load, ...policies }, index) {
  const columns = ['drained s', 'p50 wait s', 'p95 wait s', 'tasks', 'started', 'task-hours'];
  if (index === 0) console.log(['load'.padEnd(34), 'policy'.padEnd(9), ...columns.map(cell)].join(' '));
  for (const [name, { drain, p50, p95, most, started, hours }] of Object.entries(policies)) {
    const figures = [drain, p50, p95, most, started].map((figure) => cell(figure.toFixed(0)));
    console.log([load.name.padEnd(34), name.padEnd(9), ...figures, cell(hours.toFixed(2))].join(' '));
  }
}

const cell = (text) => text.padStart(10);

function summaries(results, runs) {
  const bursts = results.filter(({ load }) => load.isBurst);
  const overBursts = (ratio) => geometric(bursts.map(ratio));
  const row = (name, value) => ({ name, unit: '×', median: value, runs });
  return [
    row(
      'bursts: faster than Watchbot (target: 2, or more)',
      overBursts(({ ours, watchbot }) => watchbot.drain / ours.drain),
    ),
    row(
      "bursts: of Watchbot's task-hours (target: 0.75)",
      overBursts(({ ours, watchbot }) => ours.hours / watchbot.hours),
    ),
    row(
      "bursts: of the bound's time (target: 1.3)",
      overBursts(({ ours, bound }) => ours.drain / bound.drain),
    ),
    ...results
      .filter(({ load }) => !load.isBurst)
      .flatMap(({ load, ours, bound }) => [
        row(`${load.name}: of the bound's task-hours (target: ${load.hours})`, ours.hours / bound.hours),
        { ...row(`${load.name}: p95 wait (target: ${load.wait})`, ours.p95), unit: 's' },
        ...(load.launches === undefined
          ? []
          : [{ ...row(`${load.name}: launches (target: ${load.launches})`, ours.started), unit: '' }]),
      ]),
  ];
}

function rowsOf({ load, ours, watchbot, bound }, runs) {
  const row = (what, unit, value) => ({ name: `${load.name}: ${what}`, unit, median: value, runs });
  return [
    { ...row('drained', 's', ours.drain), ratio: watchbot.drain / ours.drain, to: "as fast as Watchbot's" },
    { ...row('task-hours', 'h', ours.hours), ratio: ours.hours / watchbot.hours, to: "Watchbot's" },
    { ...row('drained, bound', 's', bound.drain), ratio: ours.drain / bound.drain, to: 'longer than that' },
  ];
}
