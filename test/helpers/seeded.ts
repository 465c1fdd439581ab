import fc from 'fast-check';

/**
 * The seed of everything that tests draw at random. In the gate it is always the same, so that no change fails by
 * chance. Each run of `npm run test:release` has another one and prints it. A seed that fails there becomes a case of
 * the test.
 */
export const SEED = Number(process.env.TEST_SEED ?? 1);
// With such a seed, nothing would say that the run cannot be repeated.
if (!Number.isSafeInteger(SEED)) throw new Error(`TEST_SEED=${process.env.TEST_SEED} is no whole number`);

// The seed of every property and sample that sets none.
fc.configureGlobal({ seed: SEED });

export { fc };
