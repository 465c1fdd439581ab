/**
 * In the place of `node:child_process` and of what is built, in the tests that need nothing but the sources: see
 * `jest.config.js`. Whatever is called of it throws.
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
