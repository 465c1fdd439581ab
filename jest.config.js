/** @type {import('jest').Config} */
module.exports = {
  rootDir: '.',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Types are checked by `npm run types`; the tests only need them gone.
  transform: { '\\.m?ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // The sources name the modules that they are compiled to.
  moduleNameMapper: { '^(\\.{1,2}/(?:.*/)?vendor/[a-z-]+)\\.mjs$': '$1.mts' },
  reporters: ['default', '<rootDir>/test/helpers/count-reporter.js'],
  testSequencer: '<rootDir>/test/helpers/longest-first.js',
  maxWorkers: 2,
  // On a machine that has much else to do.
  testTimeout: 120_000,
};
