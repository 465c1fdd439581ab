// Runs ways of doing the same in turn, each with as many messages as take about as long as a run should.
import { median, percentile } from './measure.mjs';

const LEAST_MESSAGES = 20;
const MOST_MESSAGES = 20_000;

/**
 * @param ways by name: `expected`, messages per second; `run(count)`, which resolves to what was measured, at least `rate`
 * @param seconds how long a run should take
 * @returns what was measured by name, a list of runs. The first round warms everything, and does not count
 */
export async function inTurn(ways, { runs, seconds }) {
  const names = Object.keys(ways);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const rates = Object.fromEntries(names.map((name) => [name, ways[name].expected]));
  for (let round = 0; round < runs + 1; round += 1) {
    // Who comes first gains or loses by it: not always the same one.
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const count = Math.min(MOST_MESSAGES, Math.max(LEAST_MESSAGES, Math.round(rates[name] * seconds)));
      const result = await ways[name].run(count);
      rates[name] = result.rate;
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

const ratesOf = (results) => results.map(({ rate }) => rate);

/** A row of what is only compared with. */
export const rowOf = (name, results) => ({
  name,
  unit: '/s',
  median: median(ratesOf(results)),
  runs: results.length,
});

/** @param beside what a consumer is compared with: results of the same rounds, by name */
export function consumerRow(name, results, beside = {}) {
  const rates = ratesOf(results);
  const middle = (key) => median(results.map((result) => result[key]));
  const waits = results.flatMap(({ waitsMs }) => waitsMs).sort((a, b) => a - b);
  const details = {
    'calls a message': middle('calls'),
    'ms of CPU': middle('cpuMs'),
    'with all it starts': middle('familyCpuMs'),
    "SQS's own": middle('sqsCpuMs'),
    ...(waits.length > 0 && { 'start p50 ms': percentile(waits, 0.5), 'p99 ms': percentile(waits, 0.99) }),
    MiB: results.at(-1).memoryMiB,
  };
  const outOfOrder = results.reduce((sum, result) => sum + result.outOfOrder, 0);
  if (outOfOrder > 0) details['OUT OF ORDER'] = outOfOrder;
  const ratios = Object.entries(beside).map(([to, others]) => {
    const each = rates.map((rate, index) => rate / others[index].rate);
    const spread = each.length > 1 ? { least: Math.min(...each), most: Math.max(...each) } : {};
    return { ratio: median(each), ...spread, to };
  });
  return { ...rowOf(name, results), ratios, details };
}
