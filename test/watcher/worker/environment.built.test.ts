import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { WorkerVariable } from '../../../src/contract/environment';
import {
  findCommands,
  inheritedEnvironment,
  withCommands,
  workerVariables,
} from '../../../src/watcher/worker/environment';
import { createTestFolder } from '../../helpers/folder';
import { testJob } from '../../helpers/jobs';
import { fc } from '../../helpers/seeded';
import { describeWithLauncher, LAUNCHER } from '../../helpers/ways-to-start';

const workerEnvironment = (
  ...parts: Parameters<typeof workerVariables>
): Record<string, string | undefined> => Object.fromEntries(workerVariables(...parts));

const NAMES = Object.values(WorkerVariable).sort();
const text = (Value: string) => ({ Type: 'String', Value });

describe("a worker's environment", () => {
  it('has the message under the names of Watchbot', () => {
    const job = testJob({
      body: '{"z":1}',
      subject: 'greeting',
      receives: 2,
      sentAt: new Date(0),
      firstReceivedAt: new Date(1000),
      groupId: 'north',
      traceHeader: 'Root=1-2-3',
      attributes: { traceparent: text('00-1-2-01') },
    });
    expect(workerEnvironment(job, '/tmp/x/message')).toEqual({
      Message: '{"z":1}',
      MessageId: 'm1',
      Subject: 'greeting',
      SentTimestamp: '1970-01-01T00:00:00.000Z',
      ApproximateFirstReceiveTimestamp: '1970-01-01T00:00:01.000Z',
      ApproximateReceiveCount: '2',
      MessageFile: '/tmp/x/message',
      MessageAttributes: '{"traceparent":{"Type":"String","Value":"00-1-2-01"}}',
      MessageGroupId: 'north',
      TRACEPARENT: '00-1-2-01',
      _X_AMZN_TRACE_ID: 'Root=1-2-3',
    });
  });

  it('has an empty subject and no attributes where there are none, and hides what the container has', () => {
    const variables = workerEnvironment(testJob(), '/f');
    expect(variables).toMatchObject({ Subject: '', MessageAttributes: '{}' });
    expect(Object.keys(variables).sort()).toEqual(NAMES);
    const inherited: Record<string, string | undefined> = { TRACEPARENT: 'stale', MessageGroupId: 'stale' };
    const { TRACEPARENT, MessageGroupId, Message } = { ...inherited, ...variables };
    expect([TRACEPARENT, MessageGroupId, Message]).toEqual([undefined, undefined, 'hello']);
  });

  it.each(['PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'Message', 'QueueUrl', '__proto__', 'a=b', 'BASH_FUNC_x%%'])(
    'has no name that a message chose: %s',
    (name) => {
      const attributes = Object.fromEntries([[name, text('/tmp/evil')]]);
      const variables = workerEnvironment(testJob({ attributes }), '/f');
      expect(Object.keys(variables).sort()).toEqual(NAMES);
      expect(variables.MessageAttributes).toBe(JSON.stringify(attributes));
      expect(variables.Message).toBe('hello');
    },
  );

  it('has the same names whatever is in the message', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (body, given) => {
        const attributes = Object.fromEntries(
          Object.entries(given).map(([name, value]) => [name, text(value)]),
        );
        const variables = workerEnvironment(testJob({ body, attributes }), '/f');
        expect(Object.keys(variables).sort()).toEqual(NAMES);
      }),
    );
  });
});

describe('what no variable can hold is left out', () => {
  const MOST = 131_072 - 'Message=\0'.length;

  it.each([
    { name: 'a NUL', body: 'a\0b', isThere: false },
    { name: 'as many bytes as there may be', body: 'x'.repeat(MOST), isThere: true },
    { name: 'one byte more', body: 'x'.repeat(MOST + 1), isThere: false },
    // Fewer characters, but bytes count.
    { name: 'as many bytes, of two each and one', body: 'é'.repeat(MOST / 2 - 0.5) + 'x', isThere: true },
    { name: 'one byte more, of two each', body: 'é'.repeat(MOST / 2 + 0.5), isThere: false },
    { name: 'too much, of four bytes each', body: '😀'.repeat(32_768), isThere: false },
    { name: 'half of a character, which becomes three bytes', body: '\ud800'.repeat(43_688), isThere: false },
  ])('$name', ({ body, isThere }) => {
    const { Message, ...others } = workerEnvironment(testJob({ body }), '/f');
    expect(Message).toBe(isThere ? body : undefined);
    expect(Object.keys(others)).toHaveLength(NAMES.length - 1);
  });

  it('at the very limit that the kernel has', () => {
    const run = (body: string) => spawnSync('/bin/sh', ['-c', ':'], { env: { Message: body } });
    expect(run('x'.repeat(MOST)).error).toBeUndefined();
    expect(run('x'.repeat(MOST + 1)).error).toMatchObject({ code: 'E2BIG' });
  });

  it.each([
    { attributes: { big: text('x'.repeat(140_000)) }, left: 'MessageAttributes' },
    { attributes: { traceparent: text('a\0b') }, left: 'TRACEPARENT' },
  ])('also of the others: $left', ({ attributes, left }) => {
    const variables = workerEnvironment(testJob({ attributes }), '/f');
    expect(variables[left]).toBeUndefined();
    expect(variables.Message).toBe('hello');
  });
});

describe('what a worker inherits of the container', () => {
  const quoted = `--require "/a b.js" $HOME 'x'`;
  it.each([
    { name: 'what the image or the user has set', kept: quoted, own: '', inherited: quoted },
    { name: 'nothing where nobody has set it', kept: '', own: '', inherited: undefined },
    { name: 'nothing where there is none at all', inherited: undefined },
    { name: 'that of the shell, on a machine', own: '--inspect', inherited: '--inspect' },
    {
      name: 'what the user has set rather than that of the shell',
      kept: '--a',
      own: '--b',
      inherited: '--a',
    },
  ])('is $name', ({ kept, own, inherited }) => {
    const container = { LEVEL: '3', NODE_OPTIONS: own, WATCHBOT_WORKER_NODE_OPTIONS: kept };
    const { LEVEL, ...others } = inheritedEnvironment(container);
    expect(LEVEL).toBe('3');
    expect(Object.entries(others).filter(([, value]) => value !== undefined)).toEqual(
      inherited === undefined ? [] : [['NODE_OPTIONS', inherited]],
    );
  });
});

it.each([
  { was: '/usr/bin:/bin', is: '/c:/usr/bin:/bin' },
  // A trailing colon would be the working folder.
  { was: '', is: '/c:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  { was: undefined, is: '/c:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
])('a PATH of $was has the commands before it', ({ was, is }) => {
  expect(withCommands({ PATH: was, A: 'a' }, '/c')).toEqual({ PATH: is, A: 'a' });
});

it('where there are no commands nothing is changed', () => {
  const folder = createTestFolder();
  expect(findCommands(folder.path)).toBeUndefined();
  expect(withCommands({ A: 'a' }, undefined)).toEqual({ A: 'a' });
  mkdirSync(folder.join('commands'));
  expect(findCommands(folder.path)).toBe(folder.join('commands'));
  folder.remove();
});

describeWithLauncher('the launcher, called as a command', () => {
  it('is the helper, and says so where it is not in an image', () => {
    const { status, stderr } = spawnSync(LAUNCHER!, ['status', 'job'], {
      argv0: '/somewhere/watchbot-progress',
      encoding: 'utf8',
    });
    expect(stderr).toBe('watchbot-progress: cannot run /opt/watchbot/lib/ld.so: No such file or directory\n');
    expect(status).toBe(127);
  });
});
