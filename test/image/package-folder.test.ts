import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type PackagedImage,
  packagedImagesFile,
  readPackagedImages,
  writePackagedImages,
} from '../../src/image/package-folder';

const IMAGE: PackagedImage = {
  worker: 'render',
  architecture: 'arm64',
  repository: 'tiles-dev/render',
  tag: '0123456789abcdef0123',
  base: { kind: 'build', dockerfile: 'Dockerfile', buildArgs: { LEVEL: '1' }, target: 'worker' },
  nodeImage: 'node:24',
  compression: 'zstd',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('comes back as it was written', async () => {
  const ready: PackagedImage = { ...IMAGE, worker: 'other', base: { kind: 'uri', uri: 'python:3' } };
  await writePackagedImages([IMAGE, ready], folder);
  await expect(readPackagedImages(folder)).resolves.toEqual([IMAGE, ready]);
});

it('says that there is no package', async () => {
  await expect(readPackagedImages(folder)).rejects.toMatchObject({
    name: 'ServerlessError',
    code: 'WATCHBOT_PACKAGE',
    message: expect.stringContaining('ENOENT'),
  });
});

it.each(['{"version":2,"images":[]}', '{"version":1}', '[]', 'null', '', '{'])(
  'does not take %j for a list',
  async (text) => {
    mkdirSync(path.dirname(packagedImagesFile(folder)));
    writeFileSync(packagedImagesFile(folder), text);
    await expect(readPackagedImages(folder)).rejects.toMatchObject({ code: 'WATCHBOT_PACKAGE' });
  },
);
