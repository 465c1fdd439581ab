import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { escapeControls } from '../../../src/shared/escape';
import { type FormatLine, formatPlain, LogSource, readLine } from '../../../src/contract/log-lines';
import { formatByWriter } from '../../helpers/structured';
import { createLogger, Output } from '../../../src/watcher/log';
import { createLineCutter, logOutput, MAX_LINE_LENGTH } from '../../../src/watcher/worker/output';
import { createFakeClock } from '../../helpers/fake-clock';
import { fc } from '../../helpers/seeded';

const FORMATS = [
  { name: 'plain', format: formatPlain },
  { name: 'structured', format: formatByWriter },
];

/** What CloudWatch takes as one event. */
const MOST_BYTES = 262_144 - 26;

/** All the way from a worker's pipe to standard output. */
async function logged(
  format: FormatLine,
  chunks: readonly Buffer[],
  { flushes = false } = {},
): Promise<string[]> {
  let written = '';
  const stream = new Writable({
    highWaterMark: 100,
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      setImmediate(done);
    },
  });
  const output = new Output(stream);
  const log = createLogger({ write: output.write, format, clock: createFakeClock(0) });
  const worker = logOutput([pipe(chunks)], (lines) => log.worker(lines, 'm1'));
  if (flushes) await worker.caughtUp();
  await worker.closed;
  await output.flushed();
  return written.split('\n').slice(0, -1);
}

// eslint-disable-next-line @typescript-eslint/require-await -- as a pipe is read
async function* pipe(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

function linesOf(chunks: readonly Buffer[]): string[] {
  const cutter = createLineCutter();
  return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
}

/** What is in each line: one of a JSON object may have a text of its own. */
function expectWorkerLines(lines: readonly string[], texts: readonly string[]): void {
  const read = lines.map(readLine);
  expect(lines).toHaveLength(texts.length);
  read.forEach(({ source, messageId, text, outcome }, index) => {
    expect({ source, messageId, outcome }).toEqual({ source: LogSource.worker, messageId: 'm1' });
    if (!texts[index]!.startsWith('{')) expect(escapeControls(text)).toBe(escapeControls(texts[index]!));
  });
  for (const line of lines) {
    expect(line).not.toMatch(/[\u2028\u2029]|(?!\t)\p{Cc}/u);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MOST_BYTES);
  }
}

const nested = (depth: number, [open, close]: readonly [string, string]) =>
  `{"a":${open.repeat(depth)}1${close.repeat(depth)}}`;

const ODD_KEYS = ['__proto__', 'constructor', 'toJSON', 'toString', 'v', 'name', 'level', 'time', 'source'];
const OWN_KEYS = [
  ...ODD_KEYS,
  'watchbot_sqs_message_id',
  'msg',
  'worker_event',
  'duration',
  'receives',
  'code',
];

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium' },
    fc.json(),
    fc.constantFrom('1e999', '-0', '123456789012345678901234567890', '"\\ud800"', '"\\u0000\\u2028"', 'null'),
    tie('object'),
    fc.array(tie('value') as fc.Arbitrary<string>, { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
  ),
  object: fc
    .array(
      fc.tuple(fc.oneof(fc.string(), fc.constantFrom(...OWN_KEYS)), tie('value') as fc.Arbitrary<string>),
      {
        maxLength: 4,
      },
    )
    .map((all) => `{${all.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
})).object;

const deep = fc
  .tuple(fc.constantFrom(1_000, 5_000, 16_000), fc.constantFrom(['[', ']'] as const, ['{"a":', '}'] as const))
  .map(([depth, brackets]) => nested(depth, brackets).slice(0, 100_000));

const bytes = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all)) },
      { weight: 4, arbitrary: json.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: deep.map((text) => Buffer.from(text)) },
      fc
        .constantFrom('\n', '\r', '\r\n', '{', '}', '"', '[', '\u0085', '\ufeff')
        .map((text) => Buffer.from(text)),
      fc.constantFrom(0xff, 0xc3, 0xed, 0xf0).map((byte) => Buffer.from([byte])),
      fc
        .constantFrom('x', '😀', '\u0080')
        .map((text) => Buffer.from(text.repeat(MAX_LINE_LENGTH / text.length))),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

function chunksOf(whole: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return cuts.slice(1).map((end, index) => whole.subarray(cuts[index], end));
}

describe.each(FORMATS)('any output, $name', ({ format }) => {
  it('of any bytes and any JSON, in any chunks, is whole lines of the worker', async () => {
    const places = fc.array(fc.nat(2 ** 20), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(bytes, places, fc.boolean(), async (given, cuts, hasEnd) => {
        const whole = hasEnd ? Buffer.concat([given, Buffer.from('\n')]) : given;
        const chunks = chunksOf(whole, cuts);
        expectWorkerLines(await logged(format, chunks), linesOf(chunks));
      }),
      { numRuns: 150 },
    );
  });

  it.each([5_000, 100_000])('of JSON that is nested %d deep is logged as text', async (depth) => {
    for (const brackets of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const text = nested(depth, brackets);
      for (const end of ['', '\n']) {
        const chunks = [Buffer.from(`before\n${text}${end}`)];
        const lines = await logged(format, chunks, { flushes: true });
        expectWorkerLines(lines, linesOf(chunks));
        expect(lines.map((line) => readLine(line).text).join('')).toBe(`before${text}`);
      }
    }
  });

  it('of what is written as six times as much is no longer than an event may be', async () => {
    const most = '\u0080'.repeat(MAX_LINE_LENGTH);
    const object = JSON.stringify({ a: '\u0080'.repeat(MAX_LINE_LENGTH - '{"a":""}'.length) });
    const quotes = JSON.stringify({ a: '"\\'.repeat(8_000) });
    const texts = [most, object, quotes];
    const lines = await logged(format, [Buffer.from(texts.map((text) => `${text}\n`).join(''))]);
    expectWorkerLines(lines, texts);
    expect(readLine(lines[1]!).text).toBe(format === formatPlain ? escapeControls(object) : object);
  });
});

describe('a log that cannot be written', () => {
  const failing = {
    'throws when it is written to': new Writable({
      write: () => {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    }),
    'fails when it is written to': new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('broken pipe'), { code: 'EPIPE' })),
    }),
    'fails later': new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => setImmediate(() => done(new Error('again'))),
    }),
    'is closed': new Writable({ write: (_chunk, _encoding, done) => done() }).destroy(),
  };

  it.each(Object.entries(failing))('since it %s holds up no worker', async (_, stream) => {
    const output = new Output(stream);
    const log = createLogger({ write: output.write, format: formatPlain, clock: createFakeClock(0) });
    const chunks = Array.from({ length: 50 }, () => Buffer.from('x'.repeat(1_000) + '\n'));
    const worker = logOutput([pipe(chunks), pipe(chunks)], (lines) => log.worker(lines, 'm1'));
    await worker.caughtUp();
    await worker.closed;
    await output.flushed();
  });

  it('since whoever takes the lines fails holds up no worker either', async () => {
    let taken = 0;
    const chunks = Array.from({ length: 5 }, () => Buffer.from('x\n'));
    const worker = logOutput([pipe([...chunks, Buffer.from('last')])], () => {
      taken += 1;
      return taken % 2 === 0 ? Promise.reject(new Error('later')) : fail();
    });
    await worker.caughtUp();
    await worker.closed;
    expect(taken).toBe(6);
  });
});

function fail(): never {
  throw new Error('at once');
}
