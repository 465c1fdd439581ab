/** Random choices that a seed repeats. Their timing still differs from run to run. */
export function createRandom(seed) {
  // mulberry32
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    shuffled: (list) =>
      list
        .map((each) => ({ each, key: next() }))
        .toSorted((one, other) => one.key - other.key)
        .map(({ each }) => each),
    pick: (list) => list[Math.floor(next() * list.length)],
    /** Picks a key of `weights` with a probability in proportion to its weight. */
    weighted: (weights) => {
      const entries = Object.entries(weights);
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      return (entries.find(([, weight]) => (left -= weight) < 0) ?? entries[0])[0];
    },
  };
}

/** A seed for each scenario, so that leaving one out does not change the others. */
export function seedFor(name, seed) {
  return [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed);
}
