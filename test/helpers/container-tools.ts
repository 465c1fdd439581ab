import { describe } from '@jest/globals';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { NODE_IMAGE } from '../../src/config/defaults';
import { NODE_LIBRARIES } from '../../src/image/layer';
import { collectLines } from './lines';

/** Programs that the tests of images need, each with its Debian package. */
const TOOLS = {
  buildah: 'buildah',
  'docker-registry': 'docker-registry',
  busybox: 'busybox-static',
  'musl-gcc': 'musl-tools',
  '/usr/bin/python3': 'python3',
};

const isInstalled = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Like `describe`, for tests that build images. If a tool is missing, they are skipped, and their name says why. */
export function describeWithBuildah(name: string, define: () => void): void {
  const missing = Object.entries(TOOLS).filter(([program]) => !isInstalled(program));
  const isLinuxRoot = process.platform === 'linux' && process.arch === 'x64' && process.getuid?.() === 0;
  if (missing.length === 0 && isLinuxRoot) return void describe(name, define);
  const reason = missing.length > 0 ? `no ${missing.map(([tool]) => tool).join(', ')}` : 'not root on Linux';
  describe.skip(`${name} (${reason})`, define);
}

/** Buildah with its own storage for images, and a registry. */
export interface ContainerTools {
  environment: Record<string, string | undefined>;
  folder: string;
  /** Host and port of the registry. */
  registry: string;
  buildah: (...args: string[]) => string;
  stop: () => Promise<void>;
}

export async function startContainerTools(): Promise<ContainerTools> {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-images-'));
  const storage = path.join(folder, 'storage.conf');
  const roots = `graphroot = "${folder}/storage"\nrunroot = "${folder}/run"\n`;
  writeFileSync(storage, `[storage]\ndriver = "vfs"\n${roots}`);
  const authentication = path.join(folder, 'auth.json');
  writeFileSync(authentication, '{}');
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    STORAGE_DRIVER: 'vfs',
    BUILDAH_ISOLATION: 'chroot',
    CONTAINERS_STORAGE_CONF: storage,
    REGISTRY_AUTH_FILE: authentication,
  };
  const buildah = (...args: string[]) =>
    execFileSync('buildah', args, { env: environment, encoding: 'utf8', stdio: 'pipe' }).trim();
  const { registry, child } = await startRegistry(folder);
  return {
    environment,
    folder,
    registry,
    buildah,
    stop: async () => {
      const ended = once(child, 'close');
      child.kill();
      await ended;
      // Removing containers that a failed test has left unmounts them.
      buildah('rm', '--all');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startRegistry(folder: string): Promise<{ registry: string; child: ChildProcess }> {
  const file = path.join(folder, 'registry.yml');
  const storage = `storage: { filesystem: { rootdirectory: ${folder}/registry } }`;
  writeFileSync(file, `version: 0.1\n${storage}\nhttp: { addr: '127.0.0.1:0' }\n`);
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = collectLines();
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', lines.add);
  const line = await lines.find(/listening on 127\.0\.0\.1:\d+/);
  return { registry: /127\.0\.0\.1:\d+/.exec(line)![0], child };
}

/** The name of the stand-in for Node's official image. It has no digest: no other image could have the official one. */
export const NODE_STAND_IN = NODE_IMAGE.replace(/@.*/, '');

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
const LOADER = '/lib64/ld-linux-x86-64.so.2';

/** Builds the stand-in from this machine's Node: the files of the official image that the plugin needs. */
export function makeNodeImage(tools: ContainerTools): void {
  makeNodeImageOf(path.join(tools.folder, 'node-tree'), tools);
}

/** Builds the same image with npm, which needs a shell for scripts. */
export function makeNpmImage(tools: ContainerTools): void {
  const tree = path.join(tools.folder, 'node-tree');
  const find = (program: string) =>
    execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
  const npm = path.resolve(realpathSync(find('npm')), '../..');
  cpSync(npm, path.join(tree, 'usr/local/lib/node_modules/npm'), { recursive: true });
  mkdirSync(path.join(tree, 'usr/local/bin'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(tree, 'usr/local/bin/npm'));
  for (const program of ['/bin/sh', '/usr/bin/env']) copyInto(tree, find('busybox'), program);
  makeNodeImageOf(tree, tools);
}

function makeNodeImageOf(tree: string, { folder, buildah }: ContainerTools): void {
  copyInto(tree, process.execPath, '/usr/local/bin/node');
  copyInto(tree, LOADER);
  NODE_LIBRARIES.forEach((name) => {
    copyInto(tree, path.join(LIBRARIES, name));
  });
  writeFileSync(path.join(folder, 'Node'), 'FROM scratch\nCOPY . /\n');
  buildah('build', '--tag', NODE_STAND_IN, '--file', path.join(folder, 'Node'), tree);
  rmSync(tree, { recursive: true });
}

/** Builds a stand-in with a dummy file for each file that the plugin copies from Node's official image. */
export function makeEmptyNodeImage({ folder, buildah }: ContainerTools, platform = 'linux/amd64'): void {
  const tree = path.join(folder, 'node-tree');
  const isArm = platform === 'linux/arm64';
  const libraries = isArm ? '/usr/lib/aarch64-linux-gnu' : LIBRARIES;
  const loader = isArm ? '/lib/ld-linux-aarch64.so.1' : LOADER;
  const files = ['/usr/local/bin/node', loader, ...NODE_LIBRARIES.map((name) => `${libraries}/${name}`)];
  for (const file of files.map((each) => path.join(tree, each))) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, platform);
  }
  writeFileSync(path.join(folder, 'Node'), 'FROM scratch\nCOPY . /\n');
  buildah('build', '--platform', platform, '--tag', NODE_STAND_IN, '--file', path.join(folder, 'Node'), tree);
  rmSync(tree, { recursive: true });
}

/** Copies Python, its standard library, and the shared libraries that both are linked with. */
export function makePythonTree(tree: string): void {
  const program = '/usr/bin/python3';
  const print = (code: string) => execFileSync(program, ['-c', code], { encoding: 'utf8' }).trim();
  const library = print('import sysconfig; print(sysconfig.get_path("stdlib"))');
  copyInto(tree, program);
  cpSync(library, path.join(tree, library), {
    recursive: true,
    filter: (file) => !/\/(__pycache__|test|config-[^/]*|idlelib|tkinter|ensurepip|lib2to3)$/.test(file),
  });
  const extension = print('import _ssl; print(_ssl.__file__)');
  for (const file of [program, extension]) {
    const linked = execFileSync('ldd', [file], { encoding: 'utf8' });
    for (const [name] of linked.matchAll(/\/\S+\.so\S*/g)) copyInto(tree, name);
  }
}

export function makeMuslFiles(folder: string): void {
  execFileSync('musl-gcc', ['-o', path.join(folder, 'worker'), path.join(folder, 'worker.c')]);
  copyFileSync('/lib/ld-musl-x86_64.so.1', path.join(folder, 'ld-musl-x86_64.so.1'));
  makeBusybox(folder);
}

export function makeBusybox(folder: string): void {
  copyFileSync(
    execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim(),
    path.join(folder, 'busybox'),
  );
}

function copyInto(tree: string, source: string, target = source): void {
  const file = path.join(tree, target);
  mkdirSync(path.dirname(file), { recursive: true });
  copyFileSync(source, file);
}
