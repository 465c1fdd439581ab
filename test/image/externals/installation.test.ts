import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Architecture } from '../../../src/config/configuration';
import { createTestFolder, type TestFolder } from '../../helpers/folder';
import { ROOT } from '../../helpers/framework';
import { install, installed, locked, putLock, type Locked } from './support';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
});
afterEach(() => {
  folder.remove();
});

/** Packages by location, with their versions. */
const versions = (packages: Record<string, Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(packages)
      .filter(([location]) => location !== '')
      .map(([location, { version }]) => [location, version]),
  );

describe('an external is installed as the lock file has it', () => {
  it('with its version, source and hash, and with nothing that it does not need', async () => {
    putLock(folder.path, {
      'node_modules/acme': locked('1.2.3', { dependencies: { less: '^2.0.0' } }),
      'node_modules/less': locked('2.1.0', { bin: { less: 'cli.js' } }),
      'node_modules/other': locked('9.0.0', { dependencies: { less: '*' } }),
    });
    const { project, packages, warnings, withScripts } = await installed(folder.path, ['acme']);
    expect(project).toEqual({ private: true, dependencies: { acme: '1.2.3' } });
    expect(packages).toEqual({
      '': { dependencies: { acme: '1.2.3' } },
      'node_modules/acme': locked('1.2.3', { dependencies: { less: '2.1.0' } }),
      'node_modules/less': locked('2.1.0', { bin: { less: 'cli.js' } }),
    });
    expect({ warnings, withScripts }).toEqual({ warnings: [], withScripts: [] });
  });

  const LAYOUTS: { title: string; packages: Locked; external: string[]; expected: object }[] = [
    {
      title: 'an older version below who needs it',
      packages: {
        'node_modules/a': locked('1.0.0', { dependencies: { c: '^1' } }),
        'node_modules/a/node_modules/c': locked('1.5.0'),
        'node_modules/b': locked('1.0.0', { dependencies: { c: '^2' } }),
        'node_modules/c': locked('2.0.0'),
      },
      external: ['b', 'a'],
      expected: {
        'node_modules/a': '1.0.0',
        'node_modules/a/node_modules/c': '1.5.0',
        'node_modules/b': '1.0.0',
        'node_modules/c': '2.0.0',
      },
    },
    {
      title: 'what is asked for in a circle',
      packages: {
        'node_modules/a': locked('1.0.0', { dependencies: { b: '*' } }),
        'node_modules/b': locked('2.0.0', { dependencies: { a: '*' } }),
      },
      external: ['a', 'a'],
      expected: { 'node_modules/a': '1.0.0', 'node_modules/b': '2.0.0' },
    },
    {
      title: 'a peer, and an optional one that the service has itself',
      packages: {
        'node_modules/a': locked('1.0.0', {
          peerDependencies: { host: '^1', speed: '*', tool: '*', absent: '*', forced: '*' },
          peerDependenciesMeta: { speed: { optional: true }, tool: { optional: true } },
        }),
        'node_modules/host': locked('1.1.0'),
        'node_modules/speed': locked('3.0.0'),
        'node_modules/tool': locked('4.0.0', { devOptional: true }),
      },
      external: ['a'],
      expected: { 'node_modules/a': '1.0.0', 'node_modules/host': '1.1.0', 'node_modules/speed': '3.0.0' },
    },
    {
      title: 'a package of another scope, and one that is for development',
      packages: {
        'node_modules/@acme/fonts': locked('1.0.0', { dev: true, dependencies: { '@acme/type': '*' } }),
        'node_modules/@acme/fonts/node_modules/@acme/type': locked('2.0.0', { dev: true }),
      },
      external: ['@acme/fonts'],
      expected: {
        'node_modules/@acme/fonts': '1.0.0',
        'node_modules/@acme/fonts/node_modules/@acme/type': '2.0.0',
      },
    },
    {
      title: 'an override that nothing else would have chosen',
      packages: {
        'node_modules/a': locked('1.0.0', { dependencies: { b: '^1.0.0' } }),
        'node_modules/b': locked('3.0.0-beta.1'),
      },
      external: ['a'],
      expected: { 'node_modules/a': '1.0.0', 'node_modules/b': '3.0.0-beta.1' },
    },
  ];
  it.each(LAYOUTS)('$title', async ({ packages, external, expected }) => {
    putLock(folder.path, packages);
    const lock = await installed(folder.path, external);
    expect(versions(lock.packages)).toEqual(expected);
  });

  it('asks for just the versions that are there', async () => {
    putLock(folder.path, {
      'node_modules/a': locked('1.0.0', {
        dependencies: { b: '^1.0.0', alias: 'npm:other@^5' },
        peerDependencies: { c: '^7' },
        optionalDependencies: { d: '*' },
      }),
      'node_modules/alias': locked('5.5.5', { name: 'other' }),
      'node_modules/b': locked('3.0.0'),
      'node_modules/c': locked('1.0.0'),
      'node_modules/d': locked('2.0.0', { optional: true } as object),
    });
    const { packages, project } = await installed(folder.path, ['a', 'alias']);
    expect(project.dependencies).toEqual({ a: '1.0.0', alias: 'npm:other@5.5.5' });
    expect(packages['node_modules/a']).toMatchObject({
      dependencies: { alias: 'npm:other@5.5.5', b: '3.0.0', c: '1.0.0', d: '2.0.0' },
    });
    expect(packages['node_modules/a']).not.toHaveProperty('peerDependencies');
    expect(packages['node_modules/a']).not.toHaveProperty('optionalDependencies');
    expect(packages['node_modules/alias']).toMatchObject({ name: 'other', version: '5.5.5' });
  });

  it('from whichever registry the settings name, if the lock file leaves that out', async () => {
    const { version, integrity } = locked('1.0.0');
    putLock(folder.path, { 'node_modules/a': { version: version!, integrity: integrity! } });
    const { packages } = await installed(folder.path, ['a']);
    expect(packages['node_modules/a']).toEqual({ version, integrity });
  });

  it('with what comes in one archive with it', async () => {
    putLock(folder.path, {
      'node_modules/a': locked('1.0.0', { dependencies: { b: '^1' }, bundleDependencies: ['b'] }),
      'node_modules/a/node_modules/b': {
        version: '1.1.0',
        inBundle: true,
        dependencies: { c: '*' },
        hasInstallScript: true,
      },
      'node_modules/a/node_modules/c': { version: '1.2.0', inBundle: true, os: ['darwin'] },
    });
    const { packages, warnings } = await installed(folder.path, ['a']);
    expect(versions(packages)).toEqual({
      'node_modules/a': '1.0.0',
      'node_modules/a/node_modules/b': '1.1.0',
      'node_modules/a/node_modules/c': '1.2.0',
    });
    expect(packages['node_modules/a']).toMatchObject({ bundleDependencies: ['b'] });
    expect(packages['node_modules/a/node_modules/b']).toMatchObject({ inBundle: true });
    expect(warnings).toEqual([]);
  });

  it('from an archive among the user’s files, which goes along', async () => {
    mkdirSync(folder.join('service'));
    putLock(folder.join('service'), {
      'node_modules/@acme/fonts': locked('1.0.0', { resolved: 'file:../vendor/acme%20fonts.tgz' }),
    });
    const { packages, files, project } = await installed(folder.join('service'), ['@acme/fonts']);
    expect(project.dependencies).toEqual({ '@acme/fonts': '1.0.0' });
    expect(packages['node_modules/@acme/fonts']!.resolved).toBe('file:archives/acme-fonts-1.0.0.tgz');
    expect(files.at(-1)).toMatchObject({
      path: 'archives/acme-fonts-1.0.0.tgz',
      absolutePath: expect.stringMatching(/\/vendor\/acme fonts\.tgz$/) as unknown,
    });
  });

  it('in the same bytes, in whichever order the lock file has it', async () => {
    const entries = Object.entries({
      'node_modules/a': locked('1.0.0', { dependencies: { c: '*', b: '*' } }),
      'node_modules/b': locked('2.0.0', { dependencies: { c: '*' } }),
      'node_modules/c': locked('3.0.0'),
    });
    putLock(folder.path, Object.fromEntries(entries));
    const first = await installed(folder.path, ['a', 'b']);
    putLock(folder.path, Object.fromEntries(entries.reverse()));
    const second = await installed(folder.path, ['b', 'a']);
    expect(second.files).toEqual(first.files);
  });
});

describe('what is for one machine', () => {
  const SHARP: Locked = {
    'node_modules/sharp': locked('0.33.5', {
      optionalDependencies: {
        '@img/sharp-darwin-arm64': '0.33.5',
        '@img/sharp-linux-arm64': '0.33.5',
        '@img/sharp-linux-x64': '0.33.5',
        '@img/sharp-linuxmusl-x64': '0.33.5',
        '@img/sharp-not-windows': '0.33.5',
      },
    }),
    'node_modules/@img/sharp-darwin-arm64': locked('0.33.5', { os: ['darwin'], cpu: ['arm64'] }),
    'node_modules/@img/sharp-linux-arm64': locked('0.33.5', {
      os: ['linux'],
      cpu: ['arm64'],
      libc: ['glibc'],
      dependencies: { '@img/libvips-linux-arm64': '1.0.4' },
    }),
    'node_modules/@img/libvips-linux-arm64': locked('1.0.4', { os: ['linux'], cpu: ['arm64'] }),
    'node_modules/@img/sharp-linux-x64': locked('0.33.5', { os: ['linux'], cpu: ['x64'], libc: ['glibc'] }),
    'node_modules/@img/sharp-linuxmusl-x64': locked('0.33.5', {
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    }),
    'node_modules/@img/sharp-not-windows': locked('0.33.5', { os: ['!win32'] }),
  };
  it.each<{ architecture: Architecture; expected: string[] }>([
    {
      architecture: 'x86_64',
      expected: ['@img/sharp-linux-x64', '@img/sharp-not-windows', 'sharp'],
    },
    {
      architecture: 'arm64',
      expected: ['@img/libvips-linux-arm64', '@img/sharp-linux-arm64', '@img/sharp-not-windows', 'sharp'],
    },
  ])('is chosen for the image, not for this one: $architecture', async ({ architecture, expected }) => {
    putLock(folder.path, SHARP);
    const { packages } = await installed(folder.path, ['sharp'], { architecture });
    expect(Object.keys(packages).slice(1)).toEqual(expected.map((name) => `node_modules/${name}`));
    // So a download of it that fails is an error.
    expect(packages['node_modules/sharp']).toHaveProperty('dependencies');
  });

  it('is told if the lock file lacks it, as npm sometimes leaves it', async () => {
    putLock(folder.path, {
      'node_modules/rollup': locked('4.0.0', { optionalDependencies: { '@rollup/linux-x64': '4.0.0' } }),
    });
    const { warnings, packages } = await installed(folder.path, ['rollup']);
    expect(packages['node_modules/rollup']).not.toHaveProperty('dependencies');
    expect(warnings).toEqual([
      'package-lock.json does not have @rollup/linux-x64, which rollup can do without: the image will not have it. If it should, remove node_modules and the lock file, and install again',
    ]);
  });

  it('of a lock file that npm has written for many machines', async () => {
    const { packages } = await installed(ROOT, ['esbuild'], { architecture: 'arm64' });
    expect(Object.keys(packages)).toEqual(['', 'node_modules/@esbuild/linux-arm64', 'node_modules/esbuild']);
    expect(packages['node_modules/esbuild']!.integrity).toMatch(/^sha512-/);
  });
});

describe('the lock file', () => {
  it('is that of the workspace, seen from the service', async () => {
    mkdirSync(folder.join('services/tiles'), { recursive: true });
    putLock(folder.path, {
      'node_modules/tiles': { link: true, resolved: 'services/tiles' },
      'services/tiles': { version: '1.0.0' },
      'services/tiles/node_modules/x': locked('2.0.0', { dependencies: { z: '*' } }),
      'services/tiles/node_modules/z': locked('5.0.0'),
      'node_modules/x': locked('1.0.0', { dependencies: { z: '*' } }),
      'node_modules/y': locked('3.0.0', { dependencies: { x: '^1' } }),
      'node_modules/z': locked('4.0.0'),
    });
    symlinkSync(folder.join('services/tiles'), folder.join('link'));
    for (const service of ['services/tiles', 'link']) {
      const { packages } = await installed(folder.join(service), ['x', 'y']);
      expect(versions(packages)).toEqual({
        'node_modules/x': '2.0.0',
        'node_modules/y': '3.0.0',
        'node_modules/y/node_modules/x': '1.0.0',
        'node_modules/y/node_modules/x/node_modules/z': '4.0.0',
        'node_modules/z': '5.0.0',
      });
    }
  });

  it('above a service that is no workspace serves it as Node would', async () => {
    mkdirSync(folder.join('services/tiles'), { recursive: true });
    putLock(folder.path, { 'node_modules/x': locked('1.0.0') });
    const { packages } = await installed(folder.join('services/tiles'), ['x']);
    expect(versions(packages)).toEqual({ 'node_modules/x': '1.0.0' });
  });

  it('is the nearest, and npm-shrinkwrap.json before others', async () => {
    mkdirSync(folder.join('service'));
    writeFileSync(folder.join('yarn.lock'), '');
    writeFileSync(folder.join('service/pnpm-lock.yaml'), '');
    putLock(folder.join('service'), { 'node_modules/x': locked('1.0.0') });
    putLock(folder.join('service'), { 'node_modules/x': locked('2.0.0') }, 'npm-shrinkwrap.json');
    const { packages } = await installed(folder.join('service'), ['x']);
    expect(versions(packages)).toEqual({ 'node_modules/x': '2.0.0' });
  });
});

describe('install scripts', () => {
  const SCRIPTED: Locked = {
    'node_modules/sqlite': locked('1.0.0', { hasInstallScript: true, dependencies: { gyp: '*', bare: '*' } }),
    'node_modules/gyp': locked('2.0.0', { hasInstallScript: true }),
    'node_modules/bare': locked('2.0.0'),
  };
  beforeEach(() => {
    putLock(folder.path, SCRIPTED);
  });

  it('are not run, and that is told', async () => {
    const { withScripts, warnings } = await installed(folder.path, ['sqlite']);
    expect(withScripts).toEqual([]);
    expect(warnings).toEqual([
      'gyp 2.0.0 has an install script, which is not run. Say whether it should be: bundle: { allowScripts: { gyp: false } }, or true if the package does not work without',
      'sqlite 1.0.0 has an install script, which is not run. Say whether it should be: bundle: { allowScripts: { sqlite: false } }, or true if the package does not work without',
    ]);
  });

  it('are run of those that are named, and nobody is told of what was decided', async () => {
    const { withScripts, warnings, project } = await installed(folder.path, ['sqlite'], {
      allowScripts: { sqlite: true, gyp: false },
    });
    expect({ withScripts, warnings }).toEqual({ withScripts: ['sqlite'], warnings: [] });
    // Which npm may ask for, too.
    expect(project.allowScripts).toEqual({ sqlite: true });
  });

  it('of packages that are not there, or have none, are refused', async () => {
    expect(await install(folder.path, ['sqlite'], { allowScripts: { bare: true, sqilte: false } })).toEqual({
      external: [],
      allowScripts: ['bare', 'sqilte'].map((name) => ({
        given: `${name}, which has no install script, or is not installed`,
        allowed: 'gyp, sqlite',
        advice: 'remove it',
      })),
    });
  });
});
