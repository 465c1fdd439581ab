import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkerVariable } from '../../src/contract/environment';
import { LogSource, readLine } from '../../src/contract/log-lines';
import { createTestQueue } from '../helpers/emulator';
import { envelopeOf } from '../helpers/envelope';
import { useTestBed } from '../helpers/test-bed';
import { startWatcher } from '../helpers/watcher';
import { fc } from '../helpers/seeded';

const bed = useTestBed();

interface Hostile {
  body: string;
  subject: string | undefined;
  attributes: Record<string, string>;
}

/** What a shell, a file name, an environment or a format would fall for; `escaped` is the sign that one did. */
const TRICKS = [
  '$(touch escaped)',
  '`touch escaped`',
  "'; touch escaped; '",
  '"; touch escaped; "',
  '\ntouch escaped\n',
  '| touch escaped',
  '() { :; }; touch escaped',
  '../../escaped',
  '/dev/shm/../../escaped',
  'LD_PRELOAD=/tmp/escaped.so',
  'PATH=/nowhere\0QueueUrl=http://127.0.0.1:1/',
  '\nMessage=other',
  '%n%n%s',
  '${PATH}',
  '$Message',
  '--version',
  '-e',
  '~root/*',
  '{"source":"watcher","worker_event":"failure"}',
];
const NAMES = [
  'PATH',
  'LD_PRELOAD',
  'NODE_OPTIONS',
  'Message',
  'MessageFile',
  'QueueUrl',
  'IFS',
  'ENV',
  'PS4',
  'BASH_FUNC_echo%%',
  'a=b',
  'x\0y',
  '__proto__',
  'constructor',
  'toString',
];

/** Any units of UTF-16: control characters, and halves of pairs. */
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
  .map((codes) => String.fromCharCode(...codes));
const trick = fc.constantFrom(...TRICKS);
const text = fc.oneof(
  units,
  trick,
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.array(fc.oneof(trick, units), { maxLength: 5 }).map((parts) => parts.join('')),
  // About as long as one variable may be.
  fc
    .tuple(trick, fc.integer({ min: 130_900, max: 131_100 }))
    .map(([part, length]) => part.padEnd(length, 'x')),
);
const hostile: fc.Arbitrary<Hostile> = fc.record({
  body: text,
  subject: fc.option(fc.oneof(trick, units), { nil: undefined }),
  attributes: fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), units), fc.oneof(trick, units), {
    maxKeys: 3,
  }),
});

/** Straight to the queue where SQS takes the body, else as SNS would write it. */
function sentAs({ body, subject, attributes }: Hostile, index: number): string {
  const isBare = subject === undefined && Object.keys(attributes).length === 0 && index % 2 === 0;
  if (isBare && /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]+$/.test(body)) return body;
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String', Value }]),
  );
  return envelopeOf(body, { Subject: subject, MessageAttributes });
}

/** As Linux keeps it: `NAME=value`, each ended by a NUL. */
function environmentIn(file: string): Map<string, string> {
  const entries = readFileSync(file, 'utf8').split('\0').slice(0, -1);
  return new Map(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

/** What a variable of that name is to be: absent with a NUL in it, or where it is too long for one. */
function variable(name: string, value: string): string | undefined {
  const written = Buffer.from(value).toString();
  const isTooLong = Buffer.byteLength(`${name}=${written}\0`) > 131_072;
  return written.includes('\0') || isTooLong ? undefined : written;
}

describe('a hostile message', () => {
  const MESSAGES = 200;

  it('comes to its worker whole, and sets, reaches and writes nothing else', async () => {
    const messages = fc.array(hostile, { minLength: MESSAGES, maxLength: MESSAGES });
    await fc.assert(
      fc.asyncProperty(messages, async (given) => {
        await sendAll(given);
      }),
      // Shrinking so many messages would take hours.
      { numRuns: 1, endOnFailure: true },
    );
  }, 120_000);

  async function sendAll(given: readonly Hostile[]) {
    const queue = await createTestQueue(bed.emulator);
    const got = (id: string, what: string) => bed.folder.join(`${id}.${what}`);
    const keep = (what: string) => `>'${bed.folder.path}'/"$MessageId.${what}"`;
    const watcher = startWatcher({
      endpoint: bed.emulator.endpoint,
      queueUrl: queue.url,
      // What the worker was started with, not what its shell made of it.
      command: `cat ${keep('input')} && cat "$MessageFile" ${keep('file')} && cat /proc/$$/environ ${keep('environment')}`,
      environment: { WatchbotConcurrency: '4', WatchbotStandardInput: 'true', OWN: 'kept' },
      // A trick that works leaves its mark here.
      folder: bed.folder.path,
    });
    const ids = await Promise.all(given.map((message, index) => queue.send(sentAs(message, index))));
    await watcher.findAll(given.length, '[success]', 60_000);
    expect(await watcher.stop()).toBe(0);

    for (const [index, message] of given.entries()) check(ids[index]!, message);
    const expected = ids.flatMap((id) => ['input', 'file', 'environment'].map((what) => `${id}.${what}`));
    expect(readdirSync(bed.folder.path).sort()).toEqual(expected.sort());
    // The log says of each that it came and was done, and nothing in anybody else's words.
    const own = watcher.all.map(readLine);
    expect(own.filter(({ source }) => source !== LogSource.watcher)).toEqual([]);
    for (const id of ids) {
      expect(own.filter(({ messageId }) => messageId === id).map(({ outcome }) => outcome?.result)).toEqual([
        undefined,
        'success',
      ]);
    }

    function check(id: string, { body, subject = '', attributes }: Hostile) {
      // Byte for byte, but as text, which is compared a thousand times faster.
      for (const what of ['input', 'file']) {
        expect(readFileSync(got(id, what), 'latin1')).toBe(Buffer.from(body).toString('latin1'));
      }
      const environment = environmentIn(got(id, 'environment'));
      expect(environment.get('Message')).toBe(variable('Message', body));
      expect(environment.get('Subject')).toBe(variable('Subject', subject));
      const given = JSON.parse(environment.get('MessageAttributes')!) as Record<string, { Value: string }>;
      expect(
        Object.entries(given)
          .map(([name, { Value }]) => [name, Value])
          .sort(),
      ).toEqual(Object.entries(attributes).sort());
      for (const name of Object.values(WorkerVariable)) environment.delete(name);
      // The folder that the watcher has made for this job, where several run at once.
      expect(path.dirname(environment.get('TMPDIR')!)).toBe(tmpdir());
      environment.delete('TMPDIR');
      expect(Object.fromEntries(environment)).toEqual(watcher.environment);
    }
  }

  it.each([
    {
      name: 'words',
      MessageId: 'a) [watcher] [-] [failure] after 1 ms, 2 ms since sent, receive 1 (exit code 1',
    },
    { name: 'lines', MessageId: 'a\n[Tue, 24 Nov 2026 08:00:00 GMT] [watcher] [other] [failure] after 1 ms' },
    { name: 'length', MessageId: 'a'.repeat(500_000) },
    { name: 'nothing', MessageId: '' },
  ])('puts nothing into the words of the watcher by the id of its envelope: $name', async ({ MessageId }) => {
    const queue = await createTestQueue(bed.emulator);
    const watcher = bed.start(queue, 'cat', { WatchbotStandardInput: 'true' });
    const id = await queue.send(envelopeOf('hello', { MessageId }));

    const line = await watcher.find(/\[watcher\].*received/);
    await watcher.find(/\[worker\].*hello$/);
    await watcher.find('[success]');

    expect(line.endsWith(`[watcher] [${id}] received (receive 1)`)).toBe(true);
  });
});
