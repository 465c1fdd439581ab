import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createTestFolder } from '../../helpers/folder';
import { endFrameworks, endsWithTest } from '../../helpers/framework';

/** What `failing-steps-host.mjs` prints of a run. */
interface Result {
  code?: number;
  error?: { name: string; code?: string; text: string; stack: string };
  seconds: number;
  told: string;
  left: object;
}

const folder = createTestFolder();
const results = new Map<string, Result>();
let endedAfterMs = Infinity;

beforeAll(async () => {
  const [temporary, cases] = ['temporary', 'cases'].map((name) => path.join(folder.path, name));
  for (const each of [temporary, cases]) mkdirSync(each!);
  const child = spawn(process.execPath, [path.join(__dirname, 'failing-steps-host.mjs')], {
    env: {
      PATH: process.env.PATH,
      TMPDIR: temporary,
      CASES: cases,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithTest(child);
  let lastAt = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    lastAt = performance.now();
    results.set(...(JSON.parse(line) as [string, Result]));
  });
  await once(child, 'close');
  endedAfterMs = performance.now() - lastAt;
}, 90_000);

afterAll(async () => {
  await endFrameworks();
  folder.remove();
});

const NOTHING = { processes: [], folders: [], record: false, port: false, listeners: false };

/** By the step that fails: the place that the error names. */
const STARTS = {
  'the emulator': 'the emulator',
  bundlers: 'the handlers',
  'queues and topics': 'queues and topics in the emulator',
  'the file by which the run is found': 'the file by which other commands find this run',
  'the log': 'the log',
  tables: 'the DynamoDB of this machine',
  'the temporary folder': 'the folder of this run in ',
  commands: 'the commands in ',
  'a watcher': 'the watchers',
  'the second watcher': 'the watchers',
  sending: '--messages',
} as const;

describe('a local run in which a step fails', () => {
  it.each(Object.entries(STARTS))('says where, and has ended all: %s', (name, place) => {
    const { error, left } = results.get(name)!;
    expect(error).toMatchObject({ name: 'ServerlessError', code: 'WATCHBOT_LOCAL_START' });
    expect(error!.text).toContain(`WATCHBOT_LOCAL_START at ${place}`);
    expect(error!.text).toMatch(/given: {3}ENOSPC.*\n {2}allowed: .*\n {2}do: /);
    expect(error!.stack).toBe(error!.text);
    expect(left).toEqual(NOTHING);
  });

  it.each([
    ['functions of the wrong form', 'WATCHBOT_MALFORMED at environment variable A'],
    ['functions of the wrong form', 'WATCHBOT_MALFORMED at environment variable B'],
    ['a queue that AWS refuses', 'WATCHBOT_LOCAL_START at queue WatchbotQueue'],
    ['a port that is taken', 'WATCHBOT_PORT_IN_USE at --port'],
    ['no file of messages', 'WATCHBOT_MESSAGES_FILE at --messages'],
    ['a watcher that ends', 'WATCHBOT_LOCAL_WATCHER at the watcher of worker watchbot'],
    [
      'a watcher that ends while messages are sent',
      'WATCHBOT_LOCAL_WATCHER at the watcher of worker watchbot',
    ],
    ['the timeout', 'WATCHBOT_LOCAL_UNSETTLED at --messages'],
  ])('tells a mistake of the user without a stack: %s', (name, text) => {
    const { error, left, told } = results.get(name)!;
    expect(error?.text).toContain(text);
    expect(error?.stack).toBe(error?.text);
    expect(told).not.toContain('could not be given back');
    expect(left).toEqual(NOTHING);
  });

  it.each(['a bug', 'packaging'])('passes on what is not its own, and has ended all: %s', (name) => {
    const { error, left } = results.get(name)!;
    expect(error?.stack).toMatch(/\n\s+at /);
    expect(left).toEqual(NOTHING);
  });

  it.each([
    ['stopping the emulator', 'the emulator could not be given back: stop fails'],
    ['ending the log', 'the log could not be given back: end fails'],
    ['ending the file by which it is found', 'find this run could not be given back: end fails'],
    ['stopping a watcher', 'the watchers could not be given back: stop fails'],
  ])('ends the rest: %s', (name, text) => {
    const { code, told, left } = results.get(name)!;
    expect([code, told]).toEqual([0, expect.stringContaining(text)]);
    expect(left).toEqual(NOTHING);
  });

  it('ends at Ctrl-C before all is started, too', () => {
    expect(results.get('Ctrl-C while it is packaged')).toMatchObject({ code: 130, left: NOTHING });
    expect(results.get('nothing fails')).toMatchObject({ code: 0, left: NOTHING });
  });

  it('runs without what is known only in AWS, and says so', () => {
    const { code, told, left } = results.get('resources that are known only in AWS')!;
    expect(code).toBe(0);
    expect(told.match(/^.*left out here.*$/gm)).toEqual([
      'RedrivePolicy of Other is left out here: Fn::ImportValue cannot be worked out on this machine',
      'TopicArn of Foreign is left out here: Fn::ImportValue cannot be worked out on this machine',
    ]);
    expect(left).toEqual(NOTHING);
  });

  it('ends if nobody reads any more what it says', () => {
    expect(results.get('reading what it says')).toMatchObject({ code: 0, left: NOTHING });
  });

  it('keeps no process from ending, and rejects nothing that nobody handles', () => {
    expect([...results.values()].filter(({ seconds }) => seconds > 5)).toEqual([]);
    expect(results.has('an unhandled rejection')).toBe(false);
    expect(endedAfterMs).toBeLessThan(5000);
  });
});
