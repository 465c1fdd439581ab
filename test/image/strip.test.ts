import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripProgram } from '../../src/image/engine/strip';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'watchbot-strip-')), 'program');
});
afterEach(() => {
  rmSync(path.dirname(file), { recursive: true });
});

/** A program of 64 bits with two segments, and sections behind them. */
function program(): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(62, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeBigUInt64LE(300n, 40);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(2, 56);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(1, 60);
  header.writeUInt16LE(1, 62);
  return Buffer.concat([
    header,
    segment(0, 200),
    segment(200, 40),
    Buffer.alloc(64, 'c'),
    Buffer.alloc(160, 's'),
  ]);
}

function segment(offset: number, size: number): Buffer {
  const bytes = Buffer.alloc(56);
  bytes.writeBigUInt64LE(BigInt(offset), 8);
  bytes.writeBigUInt64LE(BigInt(size), 32);
  return bytes;
}

async function strip(bytes: Buffer): Promise<Buffer> {
  writeFileSync(file, bytes);
  await stripProgram(file);
  return readFileSync(file);
}

it('cuts a program off behind its last segment, and changes nothing that is loaded', async () => {
  const bytes = program();
  expect(bytes).toHaveLength(400);
  const stripped = await strip(bytes);
  expect(stripped).toHaveLength(240);
  expect(stripped.subarray(64)).toEqual(bytes.subarray(64, 240));
  expect(stripped.subarray(0, 40)).toEqual(bytes.subarray(0, 40));
  // No table of sections, where there is none any more.
  expect([stripped.readBigUInt64LE(40), stripped.readUInt16LE(60), stripped.readUInt16LE(62)]).toEqual([
    0n,
    0,
    0,
  ]);
  expect(await strip(stripped)).toEqual(stripped);
});

const with32Bits = () => {
  const bytes = program();
  bytes[4] = 1;
  return bytes;
};
const withoutSegments = () => {
  const bytes = program();
  bytes.writeUInt16LE(0, 56);
  return bytes;
};

it.each([
  { what: 'a script', bytes: Buffer.from(`#!/bin/sh\n${'exec node\n'.repeat(20)}`) },
  { what: 'an empty file', bytes: Buffer.alloc(0) },
  { what: 'a program of 32 bits', bytes: with32Bits() },
  { what: 'a program without segments', bytes: withoutSegments() },
  { what: 'a program that ends within its segments', bytes: program().subarray(0, 210) },
  { what: 'a program that ends within their table', bytes: program().subarray(0, 100) },
])('leaves $what as it is', async ({ bytes }) => {
  expect(await strip(bytes)).toEqual(bytes);
});
