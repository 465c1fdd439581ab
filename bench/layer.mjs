// Measures what the plugin's layer adds to an image, as bytes in a registry and as seconds of a cold start: pulled at 50 MB/s,
// and unpacked. It is compressed by buildah's encoders, which are docker's, too; without buildah there is nothing to measure.
// The Node is the one that runs this: put that of the image first in the PATH.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './framework.mjs';
import { median } from './measure.mjs';

const require = createRequire(import.meta.url);

const BYTES_A_SECOND = 50e6;
const LIBRARIES = '/usr/lib/x86_64-linux-gnu';

export const RUNS = 5;

const WAYS = [
  { name: 'the layer with all of Node, gzip', format: 'gzip', unpack: 'gzip', isWhole: true },
  { name: 'the layer, gzip', format: 'gzip', unpack: 'gzip' },
  { name: 'the layer, zstd', format: 'zstd', level: 19, unpack: 'zstd' },
];

export async function measure(runs) {
  if (['buildah', 'zstd'].some((tool) => spawnSync(tool, ['--version']).status !== 0)) return [];
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  try {
    const { LayerTree, NODE_LIBRARIES } = require(path.join(ROOT, 'dist/image/layer.js'));
    const { stripProgram } = require(path.join(ROOT, 'dist/image/engine/strip.js'));
    const trees = { whole: path.join(folder, 'whole'), stripped: path.join(folder, 'stripped') };
    fill(path.join(trees.whole, LayerTree.node, 'opt/watchbot'), NODE_LIBRARIES);
    cpSync(path.join(ROOT, 'dist/layer'), path.join(trees.whole, LayerTree.watcher, 'opt/watchbot'), {
      recursive: true,
      filter: (file) => !file.endsWith('launcher-arm64'),
    });
    cpSync(trees.whole, trees.stripped, { recursive: true });
    await stripProgram(path.join(trees.stripped, LayerTree.node, 'opt/watchbot/bin/node'));
    const measured = WAYS.map((way) => {
      const blobs = push(folder, { ...way, tree: way.isWhole ? trees.whole : trees.stripped });
      return { ...way, ...sizeOf(blobs), seconds: secondsToUnpack(way.unpack, blobs, runs) };
    });
    const [before] = measured;
    return measured.map((each) => row(each, before, runs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function row({ name, bytes, seconds }, before, runs) {
  const ratio = name === before.name ? {} : { ratio: bytes / before.bytes, to: before.name };
  const pulled = bytes / BYTES_A_SECOND;
  const details = { 's to pull': pulled, 's to unpack': seconds, 's together': pulled + seconds };
  return { name, unit: 'MB', median: bytes / 1e6, runs, ...ratio, details };
}

function fill(tree, libraries) {
  for (const part of ['bin', 'lib']) mkdirSync(path.join(tree, part), { recursive: true });
  copyFileSync(process.execPath, path.join(tree, 'bin/node'));
  copyFileSync('/lib64/ld-linux-x86-64.so.2', path.join(tree, 'lib/ld.so'));
  for (const name of libraries) copyFileSync(path.join(LIBRARIES, name), path.join(tree, 'lib', name));
}

/** @returns the files of the compressed layers */
function push(folder, { tree, format, level }) {
  const storage = path.join(folder, 'storage.conf');
  writeFileSync(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/storage"\nrunroot = "${folder}/run"\n`,
  );
  const environment = {
    ...process.env,
    CONTAINERS_STORAGE_CONF: storage,
    STORAGE_DRIVER: 'vfs',
    BUILDAH_ISOLATION: 'chroot',
    TMPDIR: folder,
  };
  const buildah = (...args) => execFileSync('buildah', args, { env: environment, stdio: 'pipe' });
  const file = path.join(folder, 'Containerfile');
  writeFileSync(file, 'FROM scratch\nCOPY node/ /\nCOPY watcher/ /\n');
  buildah('build', '--format', 'oci', '--layers', '--timestamp', '0', '--tag', 'layer', '--file', file, tree);
  const target = path.join(folder, 'layout');
  rmSync(target, { recursive: true, force: true });
  const levels = level === undefined ? [] : ['--compression-level', String(level)];
  buildah('push', '--compression-format', format, ...levels, 'layer', `oci:${target}`);
  const blobs = path.join(target, 'blobs/sha256');
  // The others are the manifest and the configuration.
  return readdirSync(blobs)
    .map((name) => path.join(blobs, name))
    .filter((blob) => statSync(blob).size > 100_000);
}

const sizeOf = (blobs) => ({ bytes: blobs.reduce((sum, blob) => sum + statSync(blob).size, 0) });

/** One layer after the other, as they are laid over one another. */
function secondsToUnpack(program, blobs, runs) {
  const samples = Array.from({ length: runs }, () => {
    const start = performance.now();
    for (const blob of blobs) {
      const { status } = spawnSync('sh', ['-c', `${program} -dc <"$0" | tar -xO >/dev/null`, blob]);
      if (status !== 0) throw new Error(`${program} cannot read ${blob}`);
    }
    return (performance.now() - start) / 1000;
  });
  return median(samples);
}
