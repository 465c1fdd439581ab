/**
 * Replaces `node:child_process` and the built files in tests that need only the sources: see `jest.config.js`. Every
 * call throws.
 */
const refuse = (name: string) => () => {
  throw new Error(
    `${name}: a test that starts processes or needs what is built has its place in a file named *.built.test.ts`,
  );
};

module.exports = new Proxy(
  {},
  {
    get: (_target, name) => (name === '__esModule' || typeof name === 'symbol' ? undefined : refuse(name)),
  },
);
