import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { isMade } from '../../../src/image/context';
import { npmSettings } from '../../../src/image/externals/npm-settings';
import { createTestFolder, type TestFolder } from '../../helpers/folder';
import { archiveOf, integrityOf, startTestRegistry, type TestRegistry } from '../../helpers/npm-registry';
import { installed, putLock, type Locked } from './support';

const TOKEN = 't0ken-of-acme';

let registry: TestRegistry;
let folder: TestFolder;
beforeAll(async () => {
  registry = await startTestRegistry(TOKEN);
});
afterAll(() => registry.stop());
beforeEach(() => {
  folder = createTestFolder();
  registry.requests.splice(0);
  mkdirSync(folder.join('service'));
  mkdirSync(folder.join('image'));
});
afterEach(() => {
  folder.remove();
});

/** What an image's build does with it, in a folder. */
async function installIn(
  packages: Locked,
  external: readonly string[],
  allowScripts?: Record<string, boolean>,
): Promise<{ ending: string; output: string }> {
  putLock(folder.join('service'), packages);
  const { files, withScripts } = await installed(folder.join('service'), external, {
    ...(allowScripts === undefined ? {} : { allowScripts }),
    architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
  });
  for (const file of files) {
    const target = folder.join('image', file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, isMade(file) ? file.content : readFileSync(file.absolutePath));
  }
  const settings = await npmSettings(folder.join('service'), {
    environment: {},
    homeFolder: folder.path,
    execPath: '/none/bin/node',
  });
  writeFileSync(folder.join('npmrc'), settings?.text ?? '');
  const installing = await npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier');
  if (installing.ending !== 'done' || withScripts.length === 0) return installing;
  return npm('rebuild', '--ignore-scripts=false', '--foreground-scripts', ...withScripts);
}

async function npm(...words: string[]): Promise<{ ending: string; output: string }> {
  const env = { PATH: process.env.PATH, HOME: folder.path, npm_config_userconfig: folder.join('npmrc') };
  const options = { cwd: folder.join('image'), env };
  try {
    const { stdout, stderr } = await promisify(execFile)('npm', words, options);
    return { ending: 'done', output: stdout + stderr };
  } catch (error) {
    return { ending: 'failed', output: (error as { stderr: string }).stderr };
  }
}

const versionOf = (location: string): unknown => {
  const file = folder.join('image', location, 'package.json');
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version;
};

const SCRIPT = 'require("node:fs").writeFileSync("ran", "")';

describe('npm installs what the lock file of an image says', () => {
  beforeEach(() => {
    writeFileSync(
      folder.join('service/.npmrc'),
      `registry=${registry.url}\n${registry.login}\nfetch-retries=0\n`,
    );
  });

  it('and asks for nothing but the archives', async () => {
    const archive = archiveOf({ 'package.json': '{"name":"@acme/fonts","version":"6.0.0"}' });
    writeFileSync(folder.join('service/fonts.tgz'), archive);
    const bundle = {
      'package.json': JSON.stringify({
        name: 'bundle',
        version: '1.0.0',
        dependencies: { inner: '^7' },
        bundleDependencies: ['inner'],
      }),
      'node_modules/inner/package.json': '{"name":"inner","version":"7.1.0"}',
    };
    const { ending, output } = await installIn(
      {
        'node_modules/acme': {
          ...registry.publish('acme', '1.0.0', {}),
          // Overrides, forced peers and the like leave what nobody has asked for.
          dependencies: { less: '^9', alias: 'npm:other@^9', '@acme/fonts': 'file:fonts.tgz', bundle: '*' },
          peerDependencies: { peer: '^9', absent: '*' },
          optionalDependencies: { here: '*', elsewhere: '*' },
        },
        'node_modules/acme/node_modules/less': {
          ...registry.publish('less', '2.0.0', {}),
          dependencies: { acme: '^9' },
        },
        'node_modules/less': registry.publish('less', '3.0.0', {}),
        'node_modules/alias': { name: 'other', ...registry.publish('other', '4.0.0-beta.1', {}) },
        'node_modules/peer': registry.publish('peer', '5.0.0', {}),
        'node_modules/here': { ...registry.publish('here', '1.0.0', {}), os: ['linux'] },
        'node_modules/elsewhere': { ...registry.publish('elsewhere', '1.0.0', {}), os: ['win32'] },
        'node_modules/@acme/fonts': {
          version: '6.0.0',
          resolved: 'file:fonts.tgz',
          integrity: integrityOf(archive),
        },
        'node_modules/bundle': {
          ...registry.publish('bundle', '1.0.0', bundle),
          dependencies: { inner: '^7' },
          bundleDependencies: ['inner'],
        },
        'node_modules/bundle/node_modules/inner': { version: '7.1.0', inBundle: true },
      },
      ['acme', 'less'],
    );
    expect({ ending, output }).toMatchObject({ ending: 'done' });
    const locations = {
      acme: '1.0.0',
      'acme/node_modules/less': '2.0.0',
      less: '3.0.0',
      alias: '4.0.0-beta.1',
      peer: '5.0.0',
      here: '1.0.0',
      elsewhere: false,
      '@acme/fonts': '6.0.0',
      bundle: '1.0.0',
      'bundle/node_modules/inner': '7.1.0',
    };
    for (const [location, version] of Object.entries(locations)) {
      expect([location, versionOf(`node_modules/${location}`)]).toEqual([location, version]);
    }
    expect(registry.requests.filter((request) => !/^200 .*\.tgz$/.test(request))).toEqual([]);
  }, 30_000);

  it('and refuses what is not that, even of what is optional', async () => {
    const packages = {
      'node_modules/acme': {
        ...registry.publish('acme', '1.0.0', {}),
        optionalDependencies: { native: '*' },
      },
      'node_modules/native': { ...registry.publish('native', '1.0.0', {}), optional: true },
    };
    registry.tamper('native', '1.0.0');
    const { ending, output } = await installIn(packages, ['acme']);
    expect(ending).toBe('failed');
    expect(output).toContain('EINTEGRITY');
  }, 30_000);

  it('and runs no script but those that are named', async () => {
    const files = (name: string) => ({
      'package.json': JSON.stringify({ name, version: '1.0.0', scripts: { install: 'node install.js' } }),
      'install.js': SCRIPT,
    });
    const packages = {
      'node_modules/named': { ...registry.publish('named', '1.0.0', files('named')), hasInstallScript: true },
      'node_modules/other': { ...registry.publish('other', '1.0.0', files('other')), hasInstallScript: true },
    };
    const ran = (name: string) => existsSync(folder.join('image/node_modules', name, 'ran'));
    await installIn(packages, ['named', 'other']);
    expect([ran('named'), ran('other')]).toEqual([false, false]);
    const { ending, output } = await installIn(packages, ['named', 'other'], { named: true });
    expect({ ending, output }).toMatchObject({ ending: 'done' });
    expect([ran('named'), ran('other')]).toEqual([true, false]);
  }, 30_000);
});

it('npm gets nothing from a registry that knows nobody', async () => {
  const { ending, output } = await installIn({ 'node_modules/acme': registry.publish('acme', '1.0.0', {}) }, [
    'acme',
  ]);
  expect(ending).toBe('failed');
  expect(output).toContain('E401');
}, 30_000);
