/**
 * Measures two things in turn, so that other load of the machine affects both alike. The first pair warms the file
 * cache and does not count.
 */
export async function pairs(runs, { base, ours }) {
  const samples = { base: [], ours: [] };
  for (let run = 0; run < runs + 1; run += 1) {
    const pair = { base: await base(), ours: await ours() };
    if (run > 0) {
      samples.base.push(pair.base);
      samples.ours.push(pair.ours);
    }
  }
  return samples;
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** @returns rows of the report: the base, and ours with its ratio to the base */
export function compare(samples, names) {
  const [base, ours] = [median(samples.base), median(samples.ours)];
  const runs = samples.base.length;
  return [
    { name: names.base, unit: 'ms', median: base, runs },
    { name: names.ours, unit: 'ms', median: ours, runs, ratio: ours / base, to: names.base },
  ];
}

/** @param sorted numbers from the least on */
export const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
