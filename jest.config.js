const SWC = [
  '@swc/jest',
  { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
];

/**
 * Three tiers, told apart by a file's name, by what its tests need:
 * - `x.test.ts`: nothing but the sources
 * - `x.built.test.ts`: what is built, processes, and tools that a machine may lack
 * - `x.release.test.ts`: the same, for minutes
 */
const common = {
  rootDir: '.',
  roots: ['<rootDir>/test'],
  // Types are checked by `npm run types`; the tests only need them gone. Jest cannot load the one package that has
  // ECMAScript modules only, unless it is transformed too.
  transform: { '\\.m?ts$|/tinyqueue/.*\\.js$': SWC },
  transformIgnorePatterns: ['/node_modules/(?!tinyqueue/)'],
};

// The sources name the modules that they are compiled to.
const SOURCES = { '^(\\.{1,2}/(?:.*/)?vendor/[a-z-]+)\\.mjs$': '$1.mts' };
const NOT_IN_UNIT = '<rootDir>/test/helpers/not-in-unit.ts';

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['\\.(built|release)\\.test\\.ts$'],
      moduleNameMapper: { ...SOURCES, '^node:child_process$': NOT_IN_UNIT, '/dist/': NOT_IN_UNIT },
    },
    ...['built', 'release'].map((tier) => ({
      ...common,
      displayName: tier,
      testMatch: [`**/*.${tier}.test.ts`],
      moduleNameMapper: SOURCES,
    })),
  ],
  reporters: ['default', '<rootDir>/test/helpers/count-reporter.js'],
  // On two processors: many tests wait for what other processes do.
  maxWorkers: 3,
  // On a machine that has much else to do.
  testTimeout: 120_000,
};
