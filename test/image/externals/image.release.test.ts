import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TASK_ROOT } from '../../../src/contract/image';
import { describeWithBuildah, makeNpmImage } from '../../helpers/container-tools';
import { createTestQueue } from '../../helpers/emulator';
import {
  BUILD_MS,
  buildAndPush,
  containerOf,
  filesOf,
  packageService,
  pull,
  pushedImage,
  runIn,
  useImageBed,
  writeService,
} from '../../helpers/image-bed';
import { startTestRegistry, type TestRegistry } from '../../helpers/npm-registry';
import type { Locked } from './support';

const TOKEN = 't0ken-of-acme-0123456789';

const HANDLER = `
import { draw } from '@acme/internal';
export const handler = async ({ Records }: { Records: { body: string }[] }) => {
  for (const { body } of Records) console.log(draw(body));
};
`;

/** What a script of a package can find out. */
const SCRIPT = `
const { existsSync, writeFileSync, readdirSync } = require('node:fs');
const secrets = existsSync('/run/secrets') ? readdirSync('/run/secrets') : [];
writeFileSync('ran', JSON.stringify({ secrets, arch: process.env.npm_config_arch }));
`;

const filesWith = (text: string, folder: string) =>
  spawnSync('grep', ['-rlF', text, folder]).stdout.toString().split('\n').filter(Boolean);

const packageOf = (name: string, more: object = {}) => JSON.stringify({ name, version: '1.0.0', ...more });

describeWithBuildah('the image of a handler with externals', () => {
  const bed = useImageBed({ prepare: makeNpmImage });
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startTestRegistry(TOKEN);
  });
  afterAll(() => registry.stop());

  function publish(): Locked {
    const scripted = (name: string) => ({
      ...registry.publish(name, '1.0.0', {
        'package.json': packageOf(name, { main: 'index.js', scripts: { install: 'node install.js' } }),
        'index.js': 'exports.draw = (text) => `drew ${text}`;',
        'install.js': SCRIPT,
      }),
      hasInstallScript: true,
    });
    return {
      'node_modules/@acme/internal': {
        ...registry.publish('@acme/internal', '1.0.0', {
          'package.json': packageOf('@acme/internal', { main: 'index.js', dependencies: { pen: '^1' } }),
          'index.js': "exports.draw = require('pen').draw;",
        }),
        dependencies: { pen: '^1' },
        optionalDependencies: { native: '1' },
      },
      'node_modules/pen': scripted('pen'),
      'node_modules/native': scripted('native'),
    };
  }

  const makeService = (packages: Locked, allowScripts?: object) =>
    writeService({
      'draw.ts': HANDLER,
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }),
      '.npmrc': `registry=${registry.url}/\n${registry.login}\nfetch-retries=0\n`,
      'serverless.yml': `
service: externals
provider: { name: aws, region: us-east-1 }
plugins: [serverless-watchbot]
watchbot: ${JSON.stringify({ handler: 'draw.handler', topic: false, bundle: { external: ['@acme/internal'], allowScripts } })}
`,
    });

  it(
    'has them from the private registry, ran the one script that is named, and knows no token',
    async () => {
      const folder = makeService(publish(), { native: true, pen: false });
      const image = await packageService(folder);
      const output = await buildAndPush(folder, image);
      const files = path.join(filesOf(image), TASK_ROOT, 'node_modules');
      expect(existsSync(path.join(files, 'pen/ran'))).toBe(false);
      const ran = JSON.parse(readFileSync(path.join(files, 'native/ran'), 'utf8')) as { secrets: string[] };
      expect(ran).toEqual({ secrets: [], arch: 'x64' });

      // In no layer and no image, those between and those of stages too; in nothing that is packaged or said.
      const storage = path.join(bed.tools.folder, 'storage');
      for (const place of [storage, path.join(folder, '.serverless')]) {
        expect(filesWith(TOKEN, place)).toEqual([]);
      }
      // It looks where the layers are.
      expect(filesWith('drew ${text}', storage)).not.toEqual([]);
      expect(JSON.stringify(await pushedImage(image)) + output.join('\n')).not.toContain(TOKEN);

      const queue = await createTestQueue(bed.emulator);
      const { container, variables } = containerOf(folder, queue);
      const watcher = runIn(pull(image), [...container.EntryPoint, ...container.Command], variables);
      await queue.send('a line');
      await watcher.find('drew a line');
      await watcher.stop();
    },
    BUILD_MS,
  );

  it(
    'is none if the registry has something else under that name',
    async () => {
      const folder = makeService(publish());
      const image = await packageService(folder);
      registry.tamper('native', '1.0.0');
      await expect(buildAndPush(folder, image)).rejects.toThrow(/EINTEGRITY/);
    },
    BUILD_MS,
  );

  it(
    'is none if nobody says who asks',
    async () => {
      const folder = makeService(publish());
      const image = await packageService(folder);
      writeFileSync(path.join(folder, '.npmrc'), `registry=${registry.url}/\n`);
      await expect(buildAndPush(folder, image)).rejects.toThrow(/E401/);
    },
    BUILD_MS,
  );
});
