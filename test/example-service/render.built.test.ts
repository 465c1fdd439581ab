import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const folder = resolve(__dirname, '../../example-service');
const hasPython = spawnSync('python3', ['--version']).status === 0;
// Without python3 its tests are skipped, except in CI, where they must run.
const itInPython = hasPython || process.env.CI ? it : it.skip;

type Language = 'python3' | 'node';
const scripts = { node: 'render.mjs', python3: 'render.py' };
const languages: [Language, typeof it | typeof it.skip][] = [
  ['node', it],
  ['python3', itInPython],
];

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'render-test-'));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Options {
  env?: Record<string, string>;
  tiles?: string;
}

function run(command: string, script: string, { env = {}, tiles = 'tiles' }: Options) {
  const { status, stdout, stderr, error } = spawnSync(command, [script], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
    env: {
      PATH: process.env.PATH,
      PYTHONDONTWRITEBYTECODE: '1',
      TILES: join(temporary, tiles),
      ...env,
    },
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

function draw(language: Language, message: unknown, env: Record<string, string> = {}) {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return run(language, scripts[language], { env: { Message: text, ...env }, tiles: language });
}

/** The chunks of a PNG by type, and its pixels: palette entries, no filters. */
function decode(png: Buffer) {
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks[png.toString('latin1', at + 4, at + 8)] = png.subarray(at + 8, at + 8 + length);
    at += length + 12;
  }
  const { IHDR, PLTE, IDAT } = chunks;
  if (!IHDR || !PLTE || !IDAT) throw new Error('not a palette PNG');
  const [width, height] = [IHDR.readUInt32BE(0), IHDR.readUInt32BE(4)];
  const rows = inflateSync(IDAT);
  const lines = Array.from({ length: height }, (_, row) =>
    rows.subarray(row * (width + 1), (row + 1) * (width + 1)),
  );
  return {
    header: [...IHDR],
    palette: PLTE.toString('hex'),
    filters: new Set(lines.map((line) => line[0])),
    pixels: Buffer.concat(lines.map((line) => line.subarray(1))),
  };
}

function readTile(language: Language, path: string) {
  return decode(readFileSync(join(temporary, language, `${path}.png`)));
}

describe('python3', () => {
  itInPython('is installed to draw the other half of the tiles', () => {
    expect(hasPython).toBe(true);
  });
});

describe('the tile', () => {
  it.each([
    ['0/0/0', '39.5 % land, 7 continents'],
    ['1/0/0', '25.6 % land, 4 continents (Africa, Europe, North America, South America)'],
    ['2/0/2', '0.0 % land, open sea'],
    ['2/0/3', '69.4 % land, 1 continent (Antarctica)'],
  ])('%s is a palette PNG with land and sea: %s', (path, land) => {
    const [z, x, y] = path.split('/').map(Number);
    const { status, stdout, stderr } = draw('node', { z, x, y });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`tile ${path}: ${land}`);
    const { header, filters, pixels } = readTile('node', path);
    expect(header).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 8, 3, 0, 0, 0]);
    expect([...filters]).toEqual([0]);
    const share = pixels.filter((pixel) => pixel >= 5).length / pixels.length;
    expect(share * 100).toBeCloseTo(parseFloat(land), 0);
  });

  itInPython.each(['0/0/0', '1/0/0', '1/1/1', '2/1/3', '2/2/1', '3/4/2', '4/15/4', '5/17/9', '6/63/17'])(
    '%s has the same pixels in both languages',
    (path) => {
      const [z, x, y] = path.split('/').map(Number);
      const byNode = draw('node', { z, x, y });
      const byPython = draw('python3', { z, x, y });
      expect([byNode.status, byPython.status]).toEqual([0, 0]);
      const lines = (stdout: string) => stdout.replace(/\d+ bytes, drawn by \w+/, '');
      expect(lines(byPython.stdout)).toBe(lines(byNode.stdout));
      expect(readTile('python3', path)).toEqual(readTile('node', path));
    },
  );
});

describe.each(languages)('%s', (language, itHere) => {
  itHere('prints a preview of 8 rows with 32 characters, then what it drew', () => {
    const { status, stdout } = draw(language, { z: 1, x: 1, y: 0 });
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    for (const line of lines.slice(0, 8)) expect(line).toMatch(/^[·▘▝▀▖▌▞▛▗▚▐▜▄▙▟█]{32}$/);
    expect(lines[8]).toMatch(
      /^tile 1\/1\/0: 38\.7 % land, 3 continents \(Africa, Asia, Europe\), [0-9]{3,5} bytes, drawn by [a-z0-9]+$/,
    );
    expect(lines[8]?.endsWith(language)).toBe(true);
  });

  itHere('reads the file if there is no Message', () => {
    const MessageFile = join(temporary, 'message');
    writeFileSync(MessageFile, '{"z":0,"x":0,"y":0}');
    const { status, stdout } = run(language, scripts[language], { env: { MessageFile } });
    expect(status).toBe(0);
    expect(stdout).toContain('tile 0/0/0: ');
  });

  itHere('draws a redelivered tile again and leaves no other file', () => {
    const message = { z: 2, x: 1, y: 2 };
    expect(draw(language, message).status).toBe(0);
    const first = readTile(language, '2/1/2');
    expect(draw(language, message).status).toBe(0);
    expect(readTile(language, '2/1/2')).toEqual(first);
    expect(readdirSync(join(temporary, language, '2', '1')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  const integers = 'rejected: z, x and y must be integers';
  const name = 'rejected: source must match /^[a-z0-9-]+$/';
  const whole = 'rejected: sourceBusyFor must be a whole number';
  itHere.each([
    ['', 3, 'rejected: the message is not JSON'],
    ['tile 0/0/0', 3, 'rejected: the message is not JSON'],
    ['{"z":NaN,"x":0,"y":0}', 3, 'rejected: the message is not JSON'],
    ['null', 3, 'rejected: the message is not a JSON object'],
    ['[0,0,0]', 3, 'rejected: the message is not a JSON object'],
    ['"0/0/0"', 3, 'rejected: the message is not a JSON object'],
    ['{}', 3, integers],
    ['{"z":1,"x":0.5,"y":0}', 3, integers],
    ['{"z":"1","x":0,"y":0}', 3, integers],
    ['{"z":1,"x":true,"y":0}', 3, integers],
    ['{"z":1,"x":null,"y":0}', 3, integers],
    ['{"z":1,"x":1e400,"y":0}', 3, integers],
    ['{"z":7,"x":0,"y":0}', 3, 'rejected: zoom 7 is not between 0 and 6'],
    ['{"z":-1,"x":0,"y":0}', 3, 'rejected: zoom -1 is not between 0 and 6'],
    ['{"z":1,"x":2,"y":0}', 3, 'rejected: tile 1/2/0 is outside the world'],
    ['{"z":1.0,"x":0,"y":-1}', 3, 'rejected: tile 1/0/-1 is outside the world'],
    ['{"z":0,"x":0,"y":0,"source":"../world"}', 3, name],
    ['{"z":0,"x":0,"y":0,"source":"world\\n"}', 3, name],
    ['{"z":0,"x":0,"y":0,"source":""}', 3, name],
    ['{"z":0,"x":0,"y":0,"source":null}', 3, name],
    ['{"z":0,"x":0,"y":0,"sourceBusyFor":-1}', 3, whole],
    ['{"z":0,"x":0,"y":0,"sourceBusyFor":"2"}', 3, whole],
    ['{"z":0,"x":0,"y":0,"source":"atlantis"}', 1, 'source atlantis.geojson is not there'],
    ['{"z":0,"x":0,"y":0,"sourceBusyFor":2}', 1, 'source is busy (attempt 1 of 3 needed)'],
  ])('answers %s with exit code %i: %s', (message, status, line) => {
    expect(draw(language, message)).toEqual({ status, stdout: '', stderr: `${line}\n` });
  });

  itHere.each([
    ['a number of 5000 digits', `{"z":1,"x":${'9'.repeat(5000)},"y":0}`, integers],
    ['100000 brackets', '['.repeat(100_000), 'rejected: the message is not JSON'],
  ])('rejects %s', (_, message, line) => {
    expect(draw(language, message)).toEqual({ status: 3, stdout: '', stderr: `${line}\n` });
  });

  itHere.each([
    ['1', 1, 'source is busy (attempt 1 of 3 needed)\n'],
    ['2', 1, 'source is busy (attempt 2 of 3 needed)\n'],
    ['3', 0, ''],
    ['11', 0, ''],
  ])('on receive %s of a source busy for 2 exits with %i', (count, status, stderr) => {
    const message = { z: 0, x: 0, y: 0, sourceBusyFor: 2 };
    expect(draw(language, message, { ApproximateReceiveCount: count })).toMatchObject({ status, stderr });
  });

  itHere('answers with one line if the tile cannot be written', () => {
    const blocked = join(folder, 'world.geojson');
    const { status, stderr } = draw(language, { z: 0, x: 0, y: 0 }, { TILES: blocked });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^failed: .+\n$/);
  });
});

describe('render.sh', () => {
  const message = { Message: '{"z":2,"x":3,"y":2}' };

  /** A PATH with what the shell needs, and only these languages. */
  function pathWith(...names: Language[]): string {
    const bin = join(temporary, `bin-${names.join('-')}`);
    mkdirSync(bin, { recursive: true });
    const where = (name: string) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    const python = () =>
      spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();
    const targets = { node: () => process.execPath, python3: python };
    symlinkSync(where('dirname'), join(bin, 'dirname'));
    for (const name of names) symlinkSync(targets[name](), join(bin, name));
    return bin;
  }

  itInPython.each([
    ['6f6b1a30-8c1c-4b0e-9f8e-0d5a3f1c2b40', 'python3'],
    ['6f6b1a30-8c1c-4b0e-9f8e-0d5a3f1c2b4e', 'python3'],
    ['6f6b1a30-8c1c-4b0e-9f8e-0d5a3f1c2b41', 'node'],
    ['6f6b1a30-8c1c-4b0e-9f8e-0d5a3f1c2b4f', 'node'],
  ])('hands message %s to %s', (MessageId, language) => {
    const { status, stdout } = run('/bin/sh', 'render.sh', { env: { ...message, MessageId } });
    expect(status).toBe(0);
    expect(stdout.trimEnd().endsWith(`drawn by ${language}`)).toBe(true);
  });

  it('lets node draw if there is no python3', () => {
    const env = { ...message, MessageId: '0', PATH: pathWith('node') };
    expect(run('/bin/sh', 'render.sh', { env }).stdout).toContain('drawn by node');
  });

  itInPython('lets python3 draw if there is no node', () => {
    const env = { ...message, MessageId: '1', PATH: pathWith('python3') };
    expect(run('/bin/sh', 'render.sh', { env }).stdout).toContain('drawn by python3');
  });

  it('says so if there is neither', () => {
    const env = { ...message, MessageId: '1', PATH: pathWith() };
    const stderr = 'neither python3 nor node is installed\n';
    expect(run('/bin/sh', 'render.sh', { env })).toEqual({ status: 1, stdout: '', stderr });
  });
});

describe('messages.jsonl', () => {
  it('has tiles, a busy source, a tile outside the world and a source which never comes', () => {
    const lines = readFileSync(join(folder, 'messages.jsonl'), 'utf8').trimEnd().split('\n');
    const codes = lines.map((line) => draw('node', line).status).sort();
    expect(codes).toEqual([0, 0, 0, 0, 0, 1, 1, 3]);
    const later = lines.map((line) => draw('node', line, { ApproximateReceiveCount: '3' }).status).sort();
    expect(later).toEqual([0, 0, 0, 0, 0, 0, 1, 3]);
  });
});
