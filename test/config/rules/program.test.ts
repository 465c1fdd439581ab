import { describe, expect, it } from '@jest/globals';
import { commandIsNotInBackground } from '../../../src/config/rules/program';
import type { RuleSubject } from '../../../src/config/rules/rule';
import { message, messagesOf, parse } from '../support';

const only = (section: object) => parse(section).workers[0]!;

const H = { handler: 'src/render.handler' };
const UNSET = {
  entryPoint: undefined,
  batchSize: 1,
  batchWindow: 0,
  maxInvocations: 0,
  workerMemory: undefined,
};
const bundle = {
  kind: 'bundle',
  source: 'src/render',
  export: 'handler',
  external: [],
  allowScripts: {},
  minify: false,
};

describe('a handler', () => {
  it('without an image is bundled', () => {
    expect(only(H)).toMatchObject({ handler: { ...UNSET, name: H.handler }, image: bundle });
    expect(only(H).command).toBeUndefined();
  });

  it.each([
    { handler: 'render.handler', source: 'render', export: 'handler' },
    { handler: './src/render.handler', source: 'src/render', export: 'handler' },
    { handler: 'src/v1.2/render.handler', source: 'src/v1.2/render', export: 'handler' },
    // Lambda splits it at the first dot of the file's name, too.
    { handler: 'src/render.api.handler', source: 'src/render', export: 'api.handler' },
    { handler: 'src/render-all.default', source: 'src/render-all', export: 'default' },
  ])('is $handler: the export $export of $source', ({ handler, ...expected }) => {
    expect(only({ handler }).image).toEqual({ ...bundle, ...expected });
    expect(only({ handler }).handler?.name).toBe(handler);
  });

  it.each([
    { image: 'app', kind: 'build' },
    { image: { uri: 'public.ecr.aws/lambda/python:3.13' }, kind: 'uri' },
  ])('with the image $image is what that takes for one', ({ image, kind }) => {
    expect(only({ handler: 'example.Handler::handle', image })).toMatchObject({
      handler: { ...UNSET, name: 'example.Handler::handle' },
      image: { kind },
    });
    expect(only({ handler: true, image })).toMatchObject({ handler: UNSET, image: { kind } });
    expect(only({ handler: true, image }).handler?.name).toBeUndefined();
  });

  it('has the keys that say how it runs, and the worker itself has none of them', () => {
    const keys = { batchSize: 10, batchWindow: 300, maxInvocations: 1000, workerMemory: 512 };
    const entryPoint = ['python3', '-m', 'awslambdaric'];
    const worker = only({ handler: 'app.handler', image: '.', entryPoint, ...keys });
    expect(worker.handler).toEqual({ name: 'app.handler', entryPoint, ...keys });
    expect(Object.keys({ ...keys, entryPoint }).filter((key) => key in worker)).toEqual([]);
  });

  it('is bundled with the given options', () => {
    const external = ['sharp', '@acme/fonts'];
    const allowScripts = { sharp: false, '@acme/fonts': true };
    expect(only({ ...H, bundle: { external, allowScripts, minify: true } }).image).toEqual({
      ...bundle,
      external,
      allowScripts,
      minify: true,
    });
    expect(only({ ...H, bundle: {} }).image).toEqual(bundle);
  });
});

const FILE = 'a file below the service without its ending, a dot, and the export: src/render.handler';
const EITHER =
  'one of `command`, a shell line or a list of arguments, and `handler`, a text like path/to/file.export';

describe('what is no handler', () => {
  it.each([
    'render',
    'src/render',
    '.handler',
    'src/.handler',
    '/src/render.handler',
    '../render.handler',
    'src/../../render.handler',
    'src/render.',
    'src//render.handler',
    'src\\render.handler',
    'a b/',
    ' ',
  ])('%j is not bundled', (handler) => {
    expect(messagesOf({ handler })).toEqual([
      expect.stringContaining(
        `WATCHBOT_MALFORMED at watchbot.handler\n  given:   ${JSON.stringify(handler)}\n  allowed: ${FILE}`,
      ),
    ]);
  });

  it('with the ending of its file instead of an export is reported as such', () => {
    expect(messagesOf({ handler: 'src/render.ts' })).toEqual([
      message('WATCHBOT_MALFORMED at watchbot.handler', {
        given: '"src/render.ts"',
        allowed: FILE,
        advice: 'replace the ending of the file by the name of the export',
      }),
    ]);
  });

  it.each([' ', 'a\nb', 'a\0'])('%j is not handed to an image', (handler) => {
    expect(messagesOf({ handler, image: '.' })).toEqual([
      expect.stringContaining('allowed: what the runtime client of the image takes, in one line'),
    ]);
  });

  it.each([false, 5, ['src/render.handler']])('%j is of the wrong type', (handler) => {
    expect(messagesOf({ handler })).toEqual([
      message('WATCHBOT_WRONG_TYPE at watchbot.handler', {
        given: JSON.stringify(handler),
        allowed: 'a text like path/to/file.export, or true',
      }),
    ]);
  });

  it('with a misspelt key gives one error', () => {
    expect(messagesOf({ hanlder: 'src/render.handler' })).toEqual([
      expect.stringContaining('do:      did you mean "handler"?'),
    ]);
  });

  it('beside workers belongs under them', () => {
    expect(messagesOf({ tiles: H, workers: { other: H } })).toEqual([
      expect.stringContaining('do:      move it under `workers`: watchbot.workers.tiles'),
    ]);
  });
});

const CONTRADICTIONS: [string, object, string[]][] = [
  [
    'a command and a handler',
    { command: 'true', ...H },
    [
      message('WATCHBOT_CONTRADICTION at watchbot.handler', {
        given: '`handler` beside `command`',
        allowed: EITHER,
        advice:
          'remove one of the two, or make two workers of them, of which the one that is deployed keeps its name',
      }),
    ],
  ],
  [
    'true without an image',
    { handler: true },
    [
      message('WATCHBOT_CONTRADICTION at watchbot.handler', {
        given: 'true without `image`',
        allowed: '`true` only with an image, which says itself what it starts',
        advice: 'name the file and its export, such as src/render.handler, or give an `image`',
      }),
    ],
  ],
  [
    'keys of a handler with a command',
    {
      command: 'true',
      entryPoint: ['a'],
      bundle: {},
      batchSize: 1,
      batchWindow: 0,
      maxInvocations: 0,
      workerMemory: 128,
    },
    ['entryPoint', 'bundle', 'batchSize', 'batchWindow', 'maxInvocations', 'workerMemory'].map((key) =>
      message(`WATCHBOT_CONTRADICTION at watchbot.${key}`, {
        given: `\`${key}\` beside \`command\``,
        allowed: 'only with `handler`',
        advice: 'remove it',
      }),
    ),
  ],
  [
    'an entry point of a bundle',
    { ...H, entryPoint: ['node'] },
    [
      message('WATCHBOT_CONTRADICTION at watchbot.entryPoint', {
        given: '`entryPoint` beside a handler that is bundled',
        allowed: 'only with `image`: a bundle has an entry point of its own',
        advice: 'remove it',
      }),
    ],
  ],
  [
    'a bundle with an image',
    { ...H, image: '.', bundle: { minify: true } },
    [
      message('WATCHBOT_CONTRADICTION at watchbot.bundle', {
        given: '`bundle` beside `image`',
        allowed: 'only with a handler without `image`, which the plugin bundles',
        advice: 'remove it',
      }),
    ],
  ],
  [
    'a fresh container for each job',
    { ...H, writableFilesystem: true },
    [
      message('WATCHBOT_CONTRADICTION at watchbot.writableFilesystem', {
        given: '`writableFilesystem: true` with `handler`',
        allowed: 'a fresh container for each job only with `command`: a handler stays warm over many',
        advice: 'remove it, and name folders to write to in `mounts`',
      }),
    ],
  ],
  [
    'a window of a batch of one, in order',
    { ...H, batchWindow: 5, queue: { fifo: true } },
    [
      message('WATCHBOT_CONTRADICTION at watchbot.batchWindow', {
        given: 'batchWindow 5 with a batchSize of 1',
        allowed: 'a window only if a batch has more than one message to wait for',
        advice: 'raise `batchSize` (its default is 1), or remove `batchWindow`',
      }),
      message('WATCHBOT_CONTRADICTION at watchbot.batchWindow', {
        given: 'batchWindow 5 with a FIFO queue',
        allowed: 'no window: a group is held back while its messages wait',
        advice: 'remove `batchWindow`',
      }),
    ],
  ],
  [
    'numbers out of range',
    { ...H, batchSize: 11, batchWindow: 301, maxInvocations: -1, workerMemory: 8 },
    [
      message('WATCHBOT_OUT_OF_RANGE at watchbot.batchSize', { given: '11', allowed: '1 to 10' }),
      message('WATCHBOT_OUT_OF_RANGE at watchbot.batchWindow', {
        given: '301',
        allowed: '0 to 300 (seconds)',
      }),
      message('WATCHBOT_OUT_OF_RANGE at watchbot.maxInvocations', { given: '-1', allowed: '0 or more' }),
      message('WATCHBOT_OUT_OF_RANGE at watchbot.workerMemory', { given: '8', allowed: '16 or more (MiB)' }),
    ],
  ],
  [
    'more memory for one worker than the task has',
    { ...H, workerMemory: 513 },
    [
      message('WATCHBOT_OUT_OF_RANGE at watchbot.workerMemory', {
        given: '513',
        allowed: 'at most 512, the value of `memory`',
      }),
    ],
  ],
  [
    'externals that are no packages',
    { ...H, bundle: { external: ['sharp', './sharp', 'sharp/lib', '*'] } },
    ['./sharp', 'sharp/lib', '*'].map((name, index) =>
      message(`WATCHBOT_MALFORMED at watchbot.bundle.external[${index + 1}]`, {
        given: JSON.stringify(name),
        allowed: 'the name of a package, such as sharp or @scope/name',
      }),
    ),
  ],
  [
    'install scripts of nothing that is installed',
    { ...H, bundle: { allowScripts: { sharp: true } } },
    [
      message('WATCHBOT_CONTRADICTION at watchbot.bundle.allowScripts', {
        given: '`allowScripts` without `external`',
        allowed: 'install scripts of packages that are installed: those of `external`, and what they need',
        advice: 'name the package in `external`, or remove `allowScripts`',
      }),
    ],
  ],
  [
    'an entry point without a program',
    { handler: true, image: '.', entryPoint: ['', 'x'] },
    [
      message('WATCHBOT_MALFORMED at watchbot.entryPoint', {
        given: '["","x"]',
        allowed: 'a list whose first entry is a program',
      }),
    ],
  ],
];

describe('a contradiction', () => {
  it.each(CONTRADICTIONS)('is reported: %s', (_name, section, expected) => {
    expect(messagesOf(section)).toEqual(expected);
  });

  it('of each kind is reported at once', () => {
    const section = {
      handler: true,
      batchWindow: 5,
      writableFilesystem: true,
      workerMemory: 1024,
      entryPoint: ['a'],
    };
    expect(messagesOf(section).map((text) => text.split('\n')[0])).toEqual(
      ['handler', 'entryPoint', 'writableFilesystem', 'batchWindow']
        .map((key) => `WATCHBOT_CONTRADICTION at watchbot.${key}`)
        .concat('WATCHBOT_OUT_OF_RANGE at watchbot.workerMemory'),
    );
  });
});

const problemsOf = (command: unknown) =>
  commandIsNotInBackground.check({
    worker: { command },
    at: (...keys: string[]) => ['watchbot', ...keys].join('.'),
  } as unknown as RuleSubject);

describe('a command whose job would be killed as soon as it has begun', () => {
  it.each([
    'python3 job.py &',
    'python3 job.py &   ',
    'python3 job.py & # in the background',
    'python3 job.py&',
    '(python3 job.py &)',
    '{ python3 job.py & }',
    '( (python3 job.py) & ) ;',
    'nohup python3 job.py &',
    'nohup python3 job.py > log 2>&1 &',
    'setsid python3 job.py &',
    'python3 job.py & disown',
    'python3 job.py & disown -h %1',
    'python3 job.py & exit 0',
    'cd /app && python3 job.py &',
    'cd /app\npython3 job.py &\n',
    'echo "a & b"; python3 job.py &',
    "sh -c 'python3 job.py' &",
  ])('is refused: %s', (command) => {
    expect(problemsOf(command)).toEqual([
      {
        code: 'WATCHBOT_MALFORMED',
        place: 'watchbot.command',
        given: JSON.stringify(command),
        allowed: 'a line that ends when its job has ended: what still runs then is killed',
        advice: 'remove the `&` at its end, or add `wait`',
      },
    ]);
  });

  it.each(['setsid python3 job.py', 'exec setsid -f python3 job.py'])('is refused: %s', (command) => {
    expect(problemsOf(command)).toMatchObject([{ advice: 'write `setsid --wait`, or remove `setsid`' }]);
  });

  it('is refused as an argument of a shell, too', () => {
    expect(problemsOf(['/bin/bash', '-ec', 'python3 job.py &'])).toHaveLength(1);
    expect(problemsOf(['sh', '-c', 'python3 job.py'])).toEqual([]);
    expect(problemsOf(['python3', 'job.py', '&'])).toEqual([]);
  });

  it.each([
    'python3 job.py',
    'python3 job.py && true',
    'python3 job.py 2>&1',
    'python3 job.py >&2',
    'server & python3 job.py',
    'python3 job.py & wait',
    'python3 job.py & wait $!',
    '(server &); python3 job.py',
    'echo "python3 job.py &"',
    "echo 'a &'",
    'echo a \\&',
    'python3 job.py # not with &',
    'cat <<EOF\npython3 job.py &\nEOF',
    'setsid --wait python3 job.py',
    'setsid -w python3 job.py',
    'curl "https://example.com/?a=1&b=2&"',
    undefined,
  ])('is none where it waits: %s', (command) => {
    expect(problemsOf(command)).toEqual([]);
  });
});
