import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The house: each folder of `src/` and what it may import besides itself, npm packages and Node. Two paths of data,
 * serverless.yml to template and queue to outcome, meet only in `contract/`.
 */
const ROOMS = {
  shared: [],
  contract: ['shared'],
  errors: ['shared'],
  scaling: ['contract', 'shared'],
  'aws-json': ['shared'],
  vendor: [],
  config: ['contract', 'errors', 'shared', 'scaling'],
  resources: ['contract', 'errors', 'shared', 'scaling', 'config'],
  image: ['contract', 'errors', 'shared', 'config', 'vendor'],
  features: ['contract', 'errors', 'shared', 'config', 'resources', 'image', 'scaling', 'aws-json', 'vendor'],
  watcher: ['contract', 'shared', 'aws-json'],
  runtime: ['contract', 'shared'],
  plugin: ['contract', 'errors', 'shared', 'config', 'resources', 'image', 'features', 'scaling', 'aws-json'],
  // What features share knows none of them: `command` takes and prints, `stack` is what is deployed.
  'features/command': ['contract', 'errors', 'shared', 'config', 'features/stack', 'features/commands.ts'],
  'features/stack': ['errors', 'shared', 'config', 'resources', 'vendor'],
  // In the container, and in the processes of workers: a feature, but one that reads no configuration.
  'features/progress': ['contract', 'shared', 'aws-json'],
};

/** What esbuild puts into the package: what is imported there is no dependency of its users. */
const BUNDLED = ['vendor', 'watcher', 'runtime', 'aws-json', 'features/progress', 'config/schema'].map(
  (room) => `src/${room}/**`,
);

const zones = Object.entries(ROOMS).map(([room, allowed]) => ({
  target: `./src/${room}`,
  from: './src',
  except: [room, ...allowed].map((name) => `./${name}`),
  message: `src/${room}/ may import from ${allowed.join(', ') || 'no other folder'}; see ROOMS in eslint.config.mjs.`,
}));

// What only builds, and what only tests, may look at all of `src/`, and nothing of `src/` at it.
zones.push({
  target: './src',
  from: ['./tools', './test', './bench'],
  message: 'src/ is what is published.',
});

/** What a feature does knows no option, terminal or text of a command, so that other features can use it. */
const DOES = {
  send: ['message', 'pipeline', 'schedule', 'sender'],
  logs: ['cloud-watch', 'lines', 'local-log', 'source'],
  status: ['cloud-watch', 'reading', 'service', 'worker-status'],
  'dead-letters': ['attempts', 'held', 'letter', 'put-back', 'queue', 'sweep'],
};

zones.push({
  target: Object.entries(DOES).flatMap(([room, files]) =>
    files.map((file) => `./src/features/${room}/${file}.ts`),
  ),
  from: './src/features/command',
  message: 'What a feature does knows no option, terminal or text; see DOES in eslint.config.mjs.',
});

/** The world outside: handed in, but in the folder and the files that are its edge. */
const HAND_IN = {
  globals: [
    { name: 'process', message: 'Hand it in: the process belongs to plugin/ and the main files.' },
    { name: 'console', message: 'Hand a logger in.' },
    ...['setTimeout', 'setInterval', 'performance'].map((name) => ({ name, message: 'Hand a Clock in.' })),
  ],
  properties: [
    { object: 'Date', property: 'now', message: 'Hand a Clock in.' },
    { object: 'Math', property: 'random', message: 'Hand `random` in.' },
  ],
  syntax: [
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Hand a Clock in.' },
  ],
  imports: ['node:process', 'node:timers', 'node:timers/promises', 'node:perf_hooks'].map((name) => ({
    name,
    // A turn of the event loop is no time, and neither a module nor a user changes.
    allowImportNames: ['setImmediate', 'nextTick', 'getBuiltinModule', 'getuid'],
    message: 'Hand it in.',
  })),
};

/** Files outside `plugin/` that see the world, and why. */
const EDGES = [
  'src/**/main.ts',
  // The clock that is handed in.
  'src/shared/clock.ts',
  // A module that users' programs import: nobody hands them anything.
  'src/features/progress/index.ts',
  'src/features/progress/connect.ts',
  // They start processes, and wait for their end.
  'src/watcher/worker/processes.ts',
  'src/features/local/service.ts',
  'src/features/local/container.ts',
  'src/image/engine/run-command.ts',
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.serverless/', 'example-service/', 'examples/', 'test/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [...tseslint.configs.strictTypeChecked, importX.flatConfigs.typescript],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // No cycle goes through a package, and to parse those took a quarter of all that lint takes.
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-duplicates': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Numbers in texts are what they look like.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowNever: true }],
      // `void promise` and `() => void list.push(x)` say that a result is not wanted.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // `Promise<void> | void`: a writer that may answer at once.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // The compiler's own check is stricter where it matters: `noUncheckedIndexedAccess`.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      'max-depth': ['error', 3],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/plugin/**', ...EDGES],
    rules: {
      'no-restricted-globals': ['error', ...HAND_IN.globals],
      'no-restricted-properties': ['error', ...HAND_IN.properties],
      'no-restricted-syntax': ['error', ...HAND_IN.syntax],
      'no-restricted-imports': ['error', ...HAND_IN.imports],
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.mts'],
    rules: { 'import-x/no-extraneous-dependencies': ['error', { devDependencies: BUNDLED }] },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/helpers/seeded.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'fast-check',
          message: 'Take it from test/helpers/seeded: chance may refuse nothing in the gate.',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        setTimeout: 'readonly',
        performance: 'readonly',
        URL: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        fetch: 'readonly',
      },
    },
  },
);
