import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandNames } from '../../src/features/commands';
import { JobResult } from '../../src/contract/outcomes';
import { formatPlain, LogLevel, LogSource, outcomeText } from '../../src/contract/log-lines';
import { CONTEXT } from '../config/support';
import { HOME } from '../helpers/corpus';
import { emptyService, endFrameworks, removeServices, ROOT, startFramework } from '../helpers/framework';
import { freePort } from '../helpers/free-port';
import { type CommandLine, definitionOf, readCommandLine } from './command-line';
import { type Snippet, snippetsOf } from './pages';
import { type Call, callsOf, MESSAGE_ID } from './shell';

/** Programs that lines may call besides `sls watchbot`, and why they are not run here. */
const NOT_RUN: Record<string, string> = {
  sls: 'the framework itself; `package`, `deploy`, `info` and `remove` have tests of their own',
  npm: 'asks the registry, or is what runs these tests',
  npx: 'asks the registry, or is what runs these tests',
  node: 'scripts of the project',
  aws: 'asks AWS',
  curl: 'asks a deployed address',
  docker: 'needs an engine',
  'watchbot-progress': 'is part of an image; test/features/progress runs it',
  jq: 'reads the output of another program',
  git: 'asks a remote',
  python3: 'a program of the reader',
  sh: 'a program of the reader',
  osls: 'as sls',
  serverless: 'as sls',
  ...Object.fromEntries(
    ['cat', 'cp', 'grep', 'head', 'ls', 'mkdir', 'mv', 'rm', 'sed', 'sort', 'tail', 'wc'].map((tool) => [
      tool,
      'works on files of the reader',
    ]),
  ),
};

/** Commands that are not run with any options, and why. */
const COMMANDS_NOT_RUN: Record<string, string> = {
  local: 'runs below, for all the others',
  'dead-letter triage': 'needs a terminal; test/features/dead-letters/triage.built.test.ts has one',
};

/** Options with which a command is not run, and why: most only work in AWS. */
const OPTIONS_NOT_RUN: Record<string, string> = {
  pattern: "is CloudWatch's; test/features/logs/logs.built.test.ts asks its stand-in",
  'start-line': 'goes on with a file that was stopped; test/features/send/send.built.test.ts stops one',
  search: 'takes a minute of CPU time; test/features/simulate has a smaller one',
  daily: 'takes long; test/features/simulate has a smaller one',
};

/** All shell blocks except those of the generated page of commands, which shows forms such as `[options]`. */
const SNIPPETS = snippetsOf('sh', 'bash').filter(({ page }) => page !== 'docs/commands.md');

const EXAMPLES: Snippet[] = commandNames().flatMap((name) =>
  definitionOf(name).examples!.map(({ line }, index) => ({
    at: `example ${index + 1} of ${name}`,
    page: '',
    language: 'sh',
    kind: undefined,
    // Replaces placeholders for what the reader has.
    text: line.replace(/[0-9a-f]{8}-\S+/, MESSAGE_ID).replace(' … ', ' hello '),
  })),
);

const SCRATCH = mkdtempSync(path.join(tmpdir(), 'watchbot-docs-'));
const programs = Object.keys(NOT_RUN);
const CALLS = [...SNIPPETS, ...EXAMPLES].flatMap((snippet) => callsIn(snippet));

afterAll(() => {
  rmSync(SCRATCH, { recursive: true, force: true });
});

/** The calls in a block, or one call with the problem if the shell refuses the block. */
function callsIn(snippet: Snippet): (Call & { problem?: string })[] {
  try {
    return callsOf(snippet, { folder: path.join(SCRATCH, 'shell'), programs });
  } catch (error) {
    const { at, kind } = snippet;
    return [{ at, kind, program: '', args: [], problem: (error as Error).message }];
  }
}

const isOurs = ({ program, args }: Call) => program === 'sls' && args[0] === 'watchbot';
const lineOf = ({ program, args }: Call) => [program, ...args].join(' ');

it('a shell accepts every block, and no block calls an unknown program', () => {
  expect(CALLS.flatMap(({ problem = [] }) => problem)).toEqual([]);
});

const OURS = CALLS.filter(isOurs);

describe('a command of the plugin is called as it is defined', () => {
  it.each(OURS.map((call) => [call.at, lineOf(call), call] as const))('%s: %s', (_at, _line, { args }) => {
    expect(() => readCommandLine(args)).not.toThrow();
  });

  it.each([
    ['sls watchbot sent hello', 'no command `watchbot sent hello`'],
    ['sls watchbot send hello --grup a', 'send has no --grup'],
    ['sls watchbot send hello --group', '--group of send has no value'],
    ['sls watchbot status hello', 'no command `watchbot status hello`'],
  ])('and not `%s`', (line, problem) => {
    expect(() => readCommandLine(line.split(' ').slice(1))).toThrow(problem);
  });
});

/** Why a command of the plugin is not run, or undefined. */
function whyNotOurs({ name, words, options }: CommandLine): string | undefined {
  const option = Object.keys(options).find((each) => OPTIONS_NOT_RUN[each] !== undefined);
  if (option !== undefined) return OPTIONS_NOT_RUN[option];
  if ([...words, ...Object.values(options)].includes('FILE')) return 'FILE stands for a file of the reader';
  if (typeof options.delay === 'string' && /[dh]$/.test(options.delay))
    return 'EventBridge Scheduler sends it';
  const asks = name === 'dead-letter delete' && options.yes !== true && options['dry-run'] !== true;
  return asks ? 'asks at a terminal' : COMMANDS_NOT_RUN[name];
}

/** Why a call is not run, or undefined. */
function whyNot(call: Call): string | undefined {
  if (call.kind?.startsWith('not-run: ') === true) return call.kind.slice('not-run: '.length);
  return isOurs(call) ? whyNotOurs(readCommandLine(call.args)) : NOT_RUN[call.program];
}

const isKnown = ({ problem }: { problem?: string }) => problem === undefined;
const NOT_RUN_CALLS = CALLS.filter(isKnown).filter((call) => whyNot(call) !== undefined);

describe('not run', () => {
  it.each(NOT_RUN_CALLS.map((call) => [call.at, lineOf(call), whyNot(call)] as const))(
    '%s: %s (%s)',
    (_at, _line, reason) => {
      expect(reason).toMatch(/\w/);
    },
  );
});

const RUN_CALLS = OURS.filter(isKnown).filter((call) => whyNot(call) === undefined);

describe('run with `sls watchbot local`', () => {
  const lines = [...new Map(RUN_CALLS.map((call) => [lineOf(call), call])).values()];
  let results: { code: number; output: string }[] = [];

  beforeAll(async () => {
    const folder = emptyService('docs');
    mkdirSync(HOME, { recursive: true });
    const port = await freePort();
    writeService(folder);
    const local = startFramework('osls', ['watchbot', 'local', '--port', port], {
      folder,
      environment: { HOME },
    });
    await local.find('Ctrl-C stops.', 120_000);
    results = await runAll(
      lines.map(({ args }) => readCommandLine(args)),
      { folder, port },
    );
  }, 600_000);

  afterAll(async () => {
    await endFrameworks();
    removeServices();
  });

  it.each(lines.map((call, index) => [call.at, lineOf(call), index] as const))(
    '%s: %s',
    (_at, _line, index) => {
      const { code, output } = results[index]!;
      expect([output, code]).toEqual([expect.not.stringContaining('WATCHBOT_'), 0]);
    },
  );
});

const SECTION = {
  workers: {
    tiles: { command: 'sh work.sh', queue: { maxReceives: 1 }, scaling: { max: 50 } },
    orders: { command: 'sh work.sh', queue: { fifo: true } },
  },
};

/** A line of the log. */
const JOB = formatPlain({
  time: new Date(0),
  source: LogSource.watcher,
  messageId: 'a',
  level: LogLevel.info,
  text: outcomeText({
    result: JobResult.success,
    durationMs: 1200,
    responseDurationMs: 3400,
    receives: 1,
    code: 0,
    signal: null,
    reason: 'exit code 0',
  }),
});

function writeService(folder: string): void {
  const write = (name: string, content: string) => {
    writeFileSync(path.join(folder, name), content);
  };
  const provider = { name: 'aws' };
  const plugins = ['serverless-watchbot'];
  write('serverless.yml', JSON.stringify({ service: 'docs', provider, plugins, watchbot: SECTION }));
  write('Dockerfile', 'FROM scratch\n');
  write('work.sh', 'echo "at work on $Message"\n');
  write('messages.jsonl', '{"z":1}\n{"z":2}\n');
  write(
    'orders.jsonl',
    '{"body":{"id":1},"group":"a"}\n{"body":"two","group":"b","attributes":{"kind":"new"}}\n',
  );
  write('arrivals.txt', '0\n12.5,3\n');
  write('log.txt', `${JOB}\n`);
}

async function runAll(calls: readonly CommandLine[], { folder, port }: { folder: string; port: string }) {
  const child = spawn(process.execPath, [path.join(ROOT, 'test/docs/run-commands.mjs')], { stdio: 'pipe' });
  const context = { ...CONTEXT, service: 'docs', stackName: 'docs-dev' };
  const endpoint = `http://127.0.0.1:${port}`;
  child.stdin.end(
    JSON.stringify({ folder, endpoint, section: SECTION, context, messageId: MESSAGE_ID, calls }),
  );
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (output === '') throw new Error(errors);
  return JSON.parse(output) as { code: number; output: string }[];
}
