import { describe, expect, it } from '@jest/globals';
import {
  createEventDecoder,
  encodeClose,
  encodeCredit,
  encodePing,
  encodeSignal,
  encodeStart,
  encodeTexts,
  type LauncherEvent,
} from '../../../../src/watcher/worker/launcher/protocol';
import { fc } from '../../../helpers/seeded';

const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** As the launcher writes it. */
function frame(kind: number, job: number, rest: Buffer): Buffer {
  return Buffer.concat([number(5 + rest.length), Buffer.from([kind]), number(job), rest]);
}

function frameOf(event: LauncherEvent): Buffer {
  switch (event.kind) {
    case 'hello':
      return frame(1, 0, number(event.version));
    case 'pong':
      return frame(7, 0, Buffer.alloc(0));
    case 'started':
      return frame(2, event.job, number(event.pid));
    case 'failed':
      return frame(3, event.job, number(event.errno));
    case 'output':
      return frame(4, event.job, Buffer.concat([Buffer.from([event.stream]), event.bytes]));
    case 'closed':
      return frame(5, event.job, Buffer.from([event.stream]));
    case 'exited': {
      const how = event.signal === undefined ? [0, event.code!] : [1, event.signal];
      return frame(6, event.job, Buffer.concat(how.map(number)));
    }
    case 'gone': {
      const { peakMemoryKiB, leftCount, stuckCount, leftNames } = event.remains;
      const counts = [peakMemoryKiB!, leftCount, stuckCount].map(number);
      return frame(8, event.job, Buffer.concat([...counts, Buffer.from(leftNames)]));
    }
  }
}

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const stream = fc.constantFrom<1 | 2>(1, 2);
const bytes = fc.uint8Array({ maxLength: 3_000 }).map((array) => Buffer.from(array));
const anyEvent: fc.Arbitrary<LauncherEvent> = fc.oneof(
  fc.record({ kind: fc.constant('hello' as const), version: u32 }),
  fc.record({ kind: fc.constant('pong' as const) }),
  fc.record({
    kind: fc.constant('started' as const),
    job: u32,
    pid: fc.integer({ min: 2, max: 2 ** 31 - 1 }),
  }),
  fc.record({ kind: fc.constant('failed' as const), job: u32, errno: u32 }),
  fc.record({ kind: fc.constant('output' as const), job: u32, stream, bytes }),
  fc.record({ kind: fc.constant('closed' as const), job: u32, stream }),
  fc.record({ kind: fc.constant('exited' as const), job: u32, code: u32, signal: fc.constant(undefined) }),
  fc.record({
    kind: fc.constant('gone' as const),
    job: u32,
    remains: fc.record({ peakMemoryKiB: u32, leftCount: u32, stuckCount: u32, leftNames: fc.string() }),
  }),
  fc.record({ kind: fc.constant('exited' as const), job: u32, code: fc.constant(undefined), signal: u32 }),
);

describe('events', () => {
  it('are the same whatever the chunks in which they come', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), cuts, (events, sizes) => {
        const all = Buffer.concat(events.map(frameOf));
        const decoder = createEventDecoder();
        const found: LauncherEvent[] = [];
        let at = 0;
        for (const size of sizes) {
          found.push(...decoder.push(all.subarray(at, at + size)));
          at += size;
        }
        found.push(...decoder.push(all.subarray(at)));
        expect(found).toEqual(events);
      }),
      { numRuns: 500 },
    );
  });

  it('come one byte at a time', () => {
    const decoder = createEventDecoder();
    const all = frameOf({ kind: 'output', job: 7, stream: 2, bytes: Buffer.from('hello') });
    const found = [...all].map((byte) => decoder.push(Buffer.from([byte])));
    expect(found.flat()).toEqual([{ kind: 'output', job: 7, stream: 2, bytes: Buffer.from('hello') }]);
    expect(found.at(-1)).toHaveLength(1);
  });

  it.each([
    { name: 'a length that is no frame', bytes: Buffer.concat([number(1), Buffer.alloc(20)]) },
    { name: 'a length that is too big', bytes: Buffer.concat([number(2 ** 30), Buffer.alloc(20)]) },
    { name: 'an unknown kind', bytes: frame(99, 1, Buffer.alloc(4)) },
    { name: 'a third stream', bytes: frame(5, 1, Buffer.from([3])) },
    ...[0, 1, 2 ** 31].map((pid) => ({
      name: `process ${pid}, which is no process's`,
      bytes: frame(2, 1, number(pid)),
    })),
    { name: 'less than its kind needs', bytes: frame(6, 1, Buffer.alloc(1)) },
  ])('are refused for $name', ({ bytes: given }) => {
    expect(() => createEventDecoder().push(given)).toThrow();
  });

  it('never hang or come twice from bytes at random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (array) => {
        try {
          const found = createEventDecoder().push(Buffer.from(array));
          expect(found.length * 9).toBeLessThanOrEqual(array.length);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

describe('requests', () => {
  it('carry words, variables and input by their lengths, whatever is in them', () => {
    const text = fc.string({ unit: 'binary', maxLength: 50 }).map((each) => each.replaceAll('\0', ''));
    const texts = fc.array(text, { maxLength: 10 });
    fc.assert(
      fc.property(
        texts,
        texts,
        texts,
        fc.string({ unit: 'binary' }),
        (words, ...[some, variables, input]) => {
          const shared = encodeTexts([...words, ...some]);
          const counts = { wordCount: words.length, sharedVariableCount: some.length };
          const encoded = encodeStart(5, { ...counts, shared, variables, input })!;
          const list = [...words, ...some, ...variables].map((each) => Buffer.from(each));
          const expected = frame(
            1,
            5,
            Buffer.concat([
              number(words.length),
              number(some.length + variables.length),
              ...list.flatMap((each) => [number(each.length), each, Buffer.from([0])]),
              Buffer.from(input),
            ]),
          );
          expect(encoded.equals(expected)).toBe(true);
        },
      ),
    );
  });

  it('are none where the kernel would take no such arguments', () => {
    const parts = {
      wordCount: 1,
      sharedVariableCount: 0,
      shared: encodeTexts(['a']),
      variables: ['A='],
      input: '',
    };
    const long = 'x'.repeat(2 ** 24);
    expect(encodeStart(1, parts)).toBeDefined();
    expect(encodeStart(1, { ...parts, shared: encodeTexts([long]) })).toBeUndefined();
    expect(encodeStart(1, { ...parts, variables: [long] })).toBeUndefined();
    expect(encodeStart(1, { ...parts, input: long })).toBeUndefined();
  });

  it('are small for everything else', () => {
    expect(encodeSignal(1, 15)).toEqual(frame(2, 1, Buffer.from([15])));
    expect(encodeClose(2)).toEqual(frame(3, 2, Buffer.alloc(0)));
    expect(encodePing()).toEqual(frame(5, 0, Buffer.alloc(0)));
    expect(encodeCredit(3, 2, 65_536)).toEqual(
      frame(4, 3, Buffer.concat([Buffer.from([2]), number(65_536)])),
    );
  });
});
