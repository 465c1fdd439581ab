import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/shared/clock';
import { createStarter, type Starter } from '../../../src/watcher/worker/launcher/starter';
import { startByNode } from '../../../src/watcher/worker/node-spawn';
import type { StartRequest, StartWorker, Variable } from '../../../src/watcher/worker/run-worker';
import { createTestLog } from '../../helpers/test-log';
import { describeWithEmulatedLauncher, describeWithLauncher, LAUNCHER } from '../../helpers/ways-to-start';

interface Given {
  program: string;
  args?: string[];
  environment?: Record<string, string | undefined>;
  variables?: Variable[];
  input?: string;
}

async function resultOf(start: StartWorker, { program, args = [], environment, ...given }: Given) {
  const request: StartRequest = {
    command: { program, arguments: args, text: '' },
    // Where coverage is measured, Node would add this one.
    environment: { ...(environment ?? { PATH: process.env.PATH }), NODE_V8_COVERAGE: undefined },
    input: '',
    ...given,
  };
  const worker = start(request);
  const [end, stdout, stderr] = await Promise.all([
    worker.ended,
    bytesOf(worker.stdout),
    bytesOf(worker.stderr),
  ]);
  await worker.finish(false);
  return { end, stdout: stdout.toString('latin1'), stderr: stderr.toString('latin1') };
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
const file = (name: string, text: string, mode: number) => {
  writeFileSync(path.join(folder, name), text);
  chmodSync(path.join(folder, name), mode);
};
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const shell = (line: string): Given => ({ program: '/bin/sh', args: ['-c', line] });
const environ = (environment: Record<string, string | undefined>): Given => ({
  program: '/bin/cat',
  args: ['/proc/self/environ'],
  environment,
});

/** All with a name that end a process which does not heed them. */
const ENDING_SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT XCPU XFSZ VTALRM PROF IO PWR SYS'
    .split(' ')
    .map((name) => `SIG${name}`) as NodeJS.Signals[];

const CASES: Record<string, Given> = {
  'an environment in its order': environ({ B: '2', A: '1', C: '' }),
  'no environment': environ({}),
  'variables of its own behind the others': { ...environ({ A: '1' }), variables: [['B', '2']] },
  'variables of its own alone': { ...environ({}), variables: [['B', '2']] },
  'one of its own instead of another': { ...environ({ A: '1' }), variables: [['A', '2']] },
  'one of its own without a value instead of another': {
    ...environ({ A: '1', B: '2' }),
    variables: [['A', undefined]],
  },
  'names that no shell would take': environ({ 'a b': '1', é: '2', 'x-y.z': '3', '1': '4', 'a=b': '5' }),
  'values with line ends, quotes and every script': environ({ A: 'a\nb\r"\'$(id)`id`', B: '日本 🜚 \u00ff' }),
  'half of a character': environ({ A: 'x\ud800y', B: '\udfff' }),
  'bytes that came as no UTF-8': environ({ A: Buffer.from([0x61, 0xff, 0xfe, 0x80]).toString('utf8') }),
  'a variable that is undefined': environ({ A: undefined, B: 'b' }),
  'the biggest variable': { ...environ({ A: 'x'.repeat(131_072 - 3) }) },
  'a NUL in a variable': environ({ A: 'a\0b' }),
  'a NUL in an argument': { program: '/bin/echo', args: ['a\0b'] },
  'no program': { program: '' },
  'arguments as they are': { program: '/bin/echo', args: ['a b', '', '$HOME', '*', '-n', 'é\n'] },
  'its own name': shell('echo $0'),
  'a session and a group of its own': shell(
    'read -r pid name state parent group session rest </proc/self/stat; echo $((group - pid)) $((session - pid))',
  ),
  'signals as they were': {
    program: '/bin/grep',
    args: ['-E', '^(Sig|Shd)(Blk|Ign|Cgt|Pnd)', '/proc/self/status'],
  },
  'no other open files': shell('cd /proc/$$/fd && echo *'),
  'the working folder': { program: '/bin/pwd' },
  limits: { program: '/bin/cat', args: ['/proc/self/limits'] },
  'the mask of new files': shell('umask'),
  'user, groups and capabilities': {
    program: '/bin/grep',
    args: ['-E', '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)', '/proc/self/status'],
  },
  'its priority': { program: '/usr/bin/nice' },
  "a program of the worker's own PATH": { program: 'there', environment: { PATH: `/none:${folder}` } },
  'a program behind one that may not be run': { program: 'ls', environment: { PATH: `${folder}:/bin` } },
  'a program without a PATH': { program: 'true', environment: {} },
  'a script that does not say by what': { program: path.join(folder, 'bare'), args: ['x'] },
  'input, byte for byte': { program: 'sha256sum', input: 'é\0\n'.repeat(300_000) },
  'no input': { program: 'wc', args: ['-c'] },
  'input that is a little more than a pipe takes': { program: 'wc', args: ['-c'], input: 'x'.repeat(65_537) },
  'both outputs, byte for byte': shell("printf 'a\\0\\377'; printf 'b\\n\\200' >&2"),
  'much output': shell('head -c 10000000 /dev/zero | sha256sum; head -c 300000 /dev/zero'),
  'an exit code': shell('exit 200'),
  ...Object.fromEntries(
    ENDING_SIGNALS.map((signal) => [signal, shell(`ulimit -c 0; kill -${constants.signals[signal]} $$`)]),
  ),
};

/** What the kernel refuses. */
const REFUSED: Record<string, Given> = {
  'a program that may not be run': { program: 'locked', environment: { PATH: folder } },
  'a program in an empty PATH': { program: 'true', environment: { PATH: '' } },
  'a script whose interpreter is not there': { program: path.join(folder, 'astray') },
  'a text that is no program': { program: path.join(folder, 'locked') },
  'a folder': { program: folder },
  'a file as if it were a folder': { program: path.join(folder, 'there/x') },
  'a name that is too long': { program: `/${'x'.repeat(5_000)}` },
  'too much in all': { program: '/bin/true', args: Array.from({ length: 100 }, () => 'x'.repeat(120_000)) },
};

const log = createTestLog();
const starters: Starter[] = [];

beforeAll(() => {
  file('there', '#!/bin/sh\necho there\n', 0o755);
  file('locked', '#!/bin/sh\necho locked\n', 0o000);
  file('ls', '', 0o000);
  file('bare', 'echo bare "$0" "$@"\n', 0o755);
  file('astray', '#!/no/such/shell\n', 0o755);
});
afterAll(() => {
  starters.forEach((starter) => {
    starter.close();
  });
});
beforeEach(() => {
  expect(log.lines).toEqual([]);
});

/** For the tests of a `describe`. */
function startsBy(launcher: string): StartWorker {
  beforeAll(async () => {
    starters.unshift(createStarter({ file: launcher, log, clock: systemClock }));
    await starters[0]!.ready;
  });
  return (request) => starters[0]!.start(request);
}

describeWithLauncher('a worker of the launcher is the same as one of Node', () => {
  const start = startsBy(LAUNCHER!);

  it.each(Object.entries({ ...CASES, ...REFUSED }))('%s', async (_name, given) => {
    const expected = await resultOf(startByNode, given);
    expect(await resultOf(start, given)).toEqual(expected);
  });

  it('also where all are started at once', async () => {
    const all = Object.values({ ...CASES, ...REFUSED });
    const expected: unknown[] = [];
    for (const given of all) expected.push(await resultOf(startByNode, given));
    expect(await Promise.all(all.map((given) => resultOf(start, given)))).toEqual(expected);
  });

  it('and heeds a signal that comes with its start, among others', async () => {
    const run = (line: string) => {
      const { program, args: words = [] } = shell(line);
      const command = { program, arguments: words, text: line };
      return start({ command, environment: { PATH: process.env.PATH }, input: '' });
    };
    const [first, told, last] = [run('exit 1'), run('sleep 60'), run('exit 2')] as const;
    told.signal('SIGTERM');
    const ends = await Promise.all([first, told, last].map(({ ended }) => ended));
    expect(ends).toMatchObject([{ code: 1 }, { signal: 'SIGTERM' }, { code: 2 }]);
  });

  it('but for a real-time signal, which Node takes for exit code 0', async () => {
    const given = shell('kill -34 $$');
    expect((await resultOf(start, given)).end).toEqual({ kind: 'exited', code: null, signal: 'SIG34' });
    expect((await resultOf(startByNode, given)).end).toEqual({ kind: 'exited', code: 0, signal: null });
  });

  it('but for pipes instead of sockets, which can be opened by their names', async () => {
    expect(await resultOf(start, shell('echo a >/dev/stdout; echo b >/dev/stderr'))).toEqual({
      end: { kind: 'exited', code: 0, signal: null },
      stdout: 'a\n',
      stderr: 'b\n',
    });
  });
});

describeWithEmulatedLauncher('a worker of the launcher for arm64 is the same as one of Node', (launcher) => {
  const start = startsBy(launcher);

  it.each(Object.entries(CASES))('%s', async (_name, given) => {
    const expected = await resultOf(startByNode, given);
    expect(await resultOf(start, given)).toEqual(expected);
  });

  // The emulator makes a fork of vfork: what the child could not do, its parent learns by the exit code alone.
  it.each(Object.entries(REFUSED))('but for an emulator without vfork: %s', async (_name, given) => {
    const end = { kind: 'exited', code: 127, signal: null };
    expect(await resultOf(start, given)).toEqual({ end, stdout: '', stderr: '' });
  });

  it('also where many are started at once', async () => {
    const all = Array.from({ length: 20 }, () => Object.values(REFUSED)).flat();
    const results = await Promise.all(all.map((given) => resultOf(start, given)));
    expect(new Set(results.map(({ end }) => JSON.stringify(end)))).toEqual(
      new Set([JSON.stringify({ kind: 'exited', code: 127, signal: null })]),
    );
  });
});
