// What nobody uses: files, exports, packages. `knip` looks at all; `knip --production` at what is published and built,
// and so finds what only tests call.

const isProduction = process.argv.includes('--production');

/** @type {import("knip").KnipConfig} */
module.exports = {
  entry: [
    // Published. What the build puts into a task and beside the commands is in tools/bundles.mjs.
    'src/index.ts!',
    'src/features/progress/index.ts!',
    'src/{watcher,watcher/health,runtime,features/progress}/main.ts!',
    'src/vendor/*.mts!',
    'src/launcher/compile.mjs!',
    // The rules of AWS are whole, by service: the simulated world of the tests takes more of them than the policies do.
    'src/scaling/aws/*.ts!',
    'tools/*.mjs!',
    'tools/{pages,schema}/*.ts!',
    'tools/coverage/environment.cjs!',
    'bench/*.mjs',
    'test/**/main.mjs',
    'test/**/*.test.ts',
    // Started by their paths.
    'test/chaos/{clock-shift.cjs,emulator-process.mjs}',
    'test/docs/run-commands.mjs',
    'test/features/local/failing-steps-host.mjs',
    'test/helpers/{fake-engine.mjs,to-moto.js}',
    'test/world/print-world.ts',
  ],
  project: ['src/**/*.{ts,mts}!', 'tools/**/*.{ts,mjs,cjs}!', 'bench/**', 'test/**/*.{ts,mjs,cjs,js}'],
  // Services that tests package.
  ignore: ['test/fixtures/**'],
  ignoreDependencies: [
    // Started, or named in services and programs that tests write.
    '@arethetypeswrong/cli',
    'publint',
    'yaml-language-server',
    'serverless',
    '@serverless/typescript',
    '@aws-lambda-powertools/batch',
  ],
  // Programs of the machine.
  ignoreBinaries: [
    ...['cc', 'ldd', 'musl-gcc', 'java', 'buildah', 'docker-registry'],
    ...['mkfifo', 'mount', 'umount', 'prlimit', 'script', 'setsid'],
  ],
  // Loaded where it is called.
  ignoreIssues: {
    'test/helpers/serverless-4.cjs': ['exports'],
    // A test runs a part of it in a process of its own.
    'test/chaos/finish.mjs': ['exports'],
    // A test's process loads it from dist/.
    'src/features/local/local.ts': ['exports'],
  },
  // A test may call a part of a file that the rest of the file uses.
  ignoreExportsUsedInFile: isProduction,
};
