import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WORKER_AWS_VARIABLES } from '../../src/contract/environment';
import type { FoundFile } from '../../src/image/context';
import {
  layerContainerfile,
  layerFiles,
  layerTrees,
  nodeContainerfile,
  type NodeParts,
  packageLayerFiles,
} from '../../src/image/layer';

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

const PARTS: NodeParts = { nodeImage: 'node:24', architecture: 'x86_64', hasNode: false };
const LIBRARIES = ['c.so.6', 'm.so.6', 'dl.so.2', 'pthread.so.0', 'stdc++.so.6', 'gcc_s.so.1'];

it('is layers that only copy, over the image of the user', () => {
  const trees = layerTrees({ isCommandReplaced: false });
  expect(layerContainerfile({ base: 'app:v1', trees })).toBe(
    `FROM app:v1
COPY node/ /
COPY watcher/ /
COPY entry-point/ /
ENV \\
  WATCHBOT_WORKER_LD_AUDIT="\${LD_AUDIT:-\${WATCHBOT_WORKER_LD_AUDIT}}" \\
  LD_AUDIT="" \\
  WATCHBOT_WORKER_LD_PRELOAD="\${LD_PRELOAD:-\${WATCHBOT_WORKER_LD_PRELOAD}}" \\
  LD_PRELOAD="" \\
  WATCHBOT_WORKER_NODE_DEBUG="\${NODE_DEBUG:-\${WATCHBOT_WORKER_NODE_DEBUG}}" \\
  NODE_DEBUG="" \\
  WATCHBOT_WORKER_NODE_OPTIONS="\${NODE_OPTIONS:-\${WATCHBOT_WORKER_NODE_OPTIONS}}" \\
  NODE_OPTIONS="" \\
  WATCHBOT_WORKER_NODE_TLS_REJECT_UNAUTHORIZED="\${NODE_TLS_REJECT_UNAUTHORIZED:-\${WATCHBOT_WORKER_NODE_TLS_REJECT_UNAUTHORIZED}}" \\
  NODE_TLS_REJECT_UNAUTHORIZED="" \\
  WATCHBOT_WORKER_NODE_USE_ENV_PROXY="\${NODE_USE_ENV_PROXY:-\${WATCHBOT_WORKER_NODE_USE_ENV_PROXY}}" \\
  NODE_USE_ENV_PROXY="" \\
  WATCHBOT_WORKER_OPENSSL_CONF="\${OPENSSL_CONF:-\${WATCHBOT_WORKER_OPENSSL_CONF}}" \\
  OPENSSL_CONF="" \\
${WORKER_AWS_VARIABLES.map((name) => `  WATCHBOT_WORKER_IMAGE_${name}="\${${name}}"`).join(' \\\n')}
VOLUME ["/tmp"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/watchbot/lib/ld.so","--inhibit-cache","--library-path","/opt/watchbot/lib","/opt/watchbot/bin/node","--enable-source-maps","--max-semi-space-size=2","/opt/watchbot/watcher.js"]
CMD []
`,
  );
});

it('has no layer for an entry point that the plugin replaces without asking', () => {
  expect(layerTrees(undefined)).toEqual(['node', 'watcher']);
});

it.each([
  { architecture: 'x86_64', libraries: '/usr/lib/x86_64-linux-gnu', loader: '/lib64/ld-linux-x86-64.so.2' },
  { architecture: 'arm64', libraries: '/usr/lib/aarch64-linux-gnu', loader: '/lib/ld-linux-aarch64.so.1' },
] as const)('takes Node out of its image with the libraries of $architecture', (each) => {
  const { architecture, libraries, loader } = each;
  expect(nodeContainerfile({ ...PARTS, architecture })).toBe(`FROM node:24 AS watchbot-node
FROM scratch
COPY --from=watchbot-node /usr/local/bin/node /opt/watchbot/bin/node
COPY --from=watchbot-node ${loader} /opt/watchbot/lib/ld.so
COPY --from=watchbot-node ${LIBRARIES.map((name) => `${libraries}/lib${name}`).join(' ')} /opt/watchbot/lib/
`);
});

it('takes no second Node over the image of Node', () => {
  const text = nodeContainerfile({ ...PARTS, hasNode: true });
  expect(text).toContain('COPY --from=watchbot-node /lib64/ld-linux-x86-64.so.2 /opt/watchbot/lib/ld.so\n');
  expect(text).not.toContain('/usr/local/bin/node');
});

it('copies Node in the build itself if an engine cannot hand it out', () => {
  const fromNode = { ...PARTS, architecture: 'arm64' } as const;
  const text = layerContainerfile({ base: 'app:v1', trees: ['watcher'], fromNode });
  expect(text.split('\n').slice(0, 6)).toEqual([
    'FROM node:24 AS watchbot-node',
    'FROM app:v1',
    'COPY --from=watchbot-node /usr/local/bin/node /opt/watchbot/bin/node',
    'COPY --from=watchbot-node /lib/ld-linux-aarch64.so.1 /opt/watchbot/lib/ld.so',
    expect.stringMatching(/^COPY --from=watchbot-node \/usr\/lib\/aarch64-linux-gnu\/libc\.so\.6 /),
    'COPY watcher/ /',
  ]);
});
