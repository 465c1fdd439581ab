import fc from 'fast-check';

/**
 * What tests draw at random they draw from this: in the gate always the same, so that chance refuses nothing; another in
 * each run of `npm run test:release`, which prints it. A seed that fails there becomes a case of the test.
 */
export const SEED = Number(process.env.TEST_SEED ?? 1);

// Of each property and sample that has no seed of its own.
fc.configureGlobal({ seed: SEED });

export { fc };
