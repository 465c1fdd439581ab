import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { layerFiles, packageLayerFiles } from '../../src/image/layer';
import type { FoundFile } from '../../src/image/context';

const COMMON = [
  ...['watcher.js', 'watcher.js.map', 'health.js', 'health.js.map', 'runtime.js', 'runtime.js.map'],
  ...['progress.js', 'progress.js.map', 'watchbot-progress.sh', 'package.json'],
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const put = (...names: string[]) => {
  names.forEach((name) => {
    writeFileSync(path.join(folder, name), '');
  });
};
const launchersIn = (files: readonly FoundFile[]) =>
  files
    .filter((file) => file.path.startsWith('launcher'))
    .map((file) => [file.path, path.basename(file.absolutePath)]);

describe('the layer', () => {
  it.each(['x86_64', 'arm64'] as const)(
    'of an image has the launcher of its architecture: %s',
    async (architecture) => {
      put(...COMMON, 'launcher-x86_64', 'launcher-arm64');
      const files = await layerFiles(architecture, folder);
      expect(files.slice(0, COMMON.length).map((file) => file.path)).toEqual(COMMON);
      expect(launchersIn(files)).toEqual([['launcher', `launcher-${architecture}`]]);
    },
  );

  it('of a package has each', async () => {
    put(...COMMON, 'launcher-x86_64', 'launcher-arm64');
    expect(launchersIn(await packageLayerFiles(folder))).toEqual([
      ['launcher-x86_64', 'launcher-x86_64'],
      ['launcher-arm64', 'launcher-arm64'],
    ]);
  });

  it('goes without one that could not be built', async () => {
    put(...COMMON, 'launcher-x86_64');
    expect(launchersIn(await layerFiles('arm64', folder))).toEqual([]);
    expect(launchersIn(await packageLayerFiles(folder))).toEqual([['launcher-x86_64', 'launcher-x86_64']]);
  });

  it('is not complete without the watcher', async () => {
    put(...COMMON.slice(1));
    await expect(layerFiles('arm64', folder)).rejects.toThrow('WATCHBOT_BUNDLE_MISSING');
    await expect(packageLayerFiles(folder)).rejects.toThrow('WATCHBOT_BUNDLE_MISSING');
  });
});
