import fc from 'fast-check';

/**
 * What tests draw at random they draw from this: in the gate always the same, so that chance refuses nothing; another in
 * each run of `npm run test:release`, which prints it. A seed that fails there becomes a case of the test.
 */
export const SEED = Number(process.env.TEST_SEED ?? 1);
// Else nothing would say that another run cannot be had again.
if (!Number.isSafeInteger(SEED)) throw new Error(`TEST_SEED=${process.env.TEST_SEED} is no whole number`);

// Of each property and sample that has no seed of its own.
fc.configureGlobal({ seed: SEED });

export { fc };
