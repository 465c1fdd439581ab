import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createTestFolder, type TestFolder } from '../../helpers/folder';
import { install, locked, putLock, type Locked } from './support';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
});
afterEach(() => {
  folder.remove();
});

const LOCKED = 'packages of which a lock file of npm says version, source and integrity';
const BUNDLE_IT = 'leave it out of `external`, so that it is bundled';
const PACK_IT = 'or depend on its archive, which `npm pack` makes';

describe('a lock file that cannot serve is told', () => {
  const FILES: { title: string; file?: string; text?: string; expected: object }[] = [
    {
      title: 'if there is none',
      expected: {
        given: 'no lock file, neither in the folder of the service nor above it',
        allowed: LOCKED,
        advice: 'npm install --package-lock-only, and keep package-lock.json with the sources',
      },
    },
    ...['yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb'].map((file) => ({
      title: `if there is just ${file}`,
      file,
      text: '',
      expected: {
        given: file,
        allowed: LOCKED,
        advice:
          'have npm write one, too: npm install --package-lock-only; or give an `image` of your own, which installs what it likes',
      },
    })),
    {
      title: 'if it is of npm 6',
      file: 'package-lock.json',
      text: JSON.stringify({ lockfileVersion: 1, dependencies: { a: { version: '1.0.0' } } }),
      expected: {
        given: 'package-lock.json of version 1',
        allowed: 'version 2 or 3, which npm 7 and newer write',
        advice: 'npm install --package-lock-only --lockfile-version 3',
      },
    },
    ...['null', '[]', '{"lockfileVersion":3,"packages":[]}', '{"lockfileVersion":3,"packages":{"a":1}}'].map(
      (text) => ({
        title: `if it is ${text}`,
        file: 'package-lock.json',
        text,
        expected: { allowed: 'version 2 or 3, which npm 7 and newer write' },
      }),
    ),
    {
      title: 'if a merge has left it',
      file: 'package-lock.json',
      text: '{\n<<<<<<< HEAD\n}',
      expected: {
        given: expect.stringMatching(/^package-lock\.json, which is not JSON: /),
        allowed: 'the file as npm has written it',
        advice: 'npm install --package-lock-only',
      },
    },
  ];
  it.each(FILES)('$title', async ({ file, text, expected }) => {
    const service = folder.join('service');
    mkdirSync(service);
    // Above temporary folders there may be one of somebody else's.
    if (file !== undefined) writeFileSync(folder.join('service', file), text!);
    const result = await install(service, ['a']);
    expect(result).toMatchObject({ external: [expected], allowScripts: [] });
  });
});

describe('a package that the lock file cannot vouch for is told', () => {
  const CASES: { title: string; packages: Locked; expected: object[] }[] = [
    {
      title: 'one that it does not have',
      packages: { 'node_modules/b': locked('1.0.0') },
      expected: [
        {
          given: 'a, which package-lock.json does not have',
          allowed: 'packages of the service: the image gets what its lock file says',
          advice: 'npm install a',
        },
      ],
    },
    {
      title: 'what one needs, and it does not have',
      packages: { 'node_modules/a': locked('1.0.0', { dependencies: { b: '*' } }) },
      expected: [
        {
          given: 'b, which a needs, and which package-lock.json does not have',
          allowed: 'a lock file that has all that its packages need',
          advice: 'npm install',
        },
      ],
    },
    {
      title: 'a workspace, or a folder that is linked',
      packages: {
        'node_modules/a': { link: true, resolved: 'packages/a' },
        'packages/a': { version: '1.0.0' },
      },
      expected: [
        {
          given: 'a, which is the folder packages/a',
          allowed: 'packages with a version and an integrity of their own, which a folder has not',
          advice: `${BUNDLE_IT}, and name those of its packages that have native parts; ${PACK_IT}`,
        },
      ],
    },
    {
      title: 'a folder that was copied, by install-links',
      packages: { 'node_modules/a': { version: '1.0.0', resolved: 'file:../a' } },
      expected: [{ given: 'a, which is the folder ../a' }],
    },
    ...['git+ssh://git@github.com/acme/a.git#0123', 'git+https://me:s3cret@git.acme.example/a.git#0123'].map(
      (resolved) => ({
        title: `git: ${resolved}`,
        packages: { 'node_modules/a': { version: '1.0.0', resolved } },
        expected: [
          {
            given: `a, which is from git: ${resolved.replace('me:s3cret', '***')}`,
            allowed:
              'packages with an integrity: the image of Node has no git, and the lock file has no hash of its content',
            advice: `${BUNDLE_IT}; ${PACK_IT}`,
          },
        ],
      }),
    ),
    {
      title: 'one without a hash',
      packages: { 'node_modules/a': { version: '1.0.0' } },
      expected: [
        {
          given: 'a 1.0.0, of which the lock file has no integrity',
          allowed: 'packages whose content the lock file has a hash of',
          advice: 'remove node_modules and the lock file, and let `npm install` write it again',
        },
      ],
    },
    {
      title: 'one without a version',
      packages: { 'node_modules/a': { integrity: 'sha512-x' } },
      expected: [{ given: 'a, of which the lock file has no version' }],
    },
    {
      title: 'one whose address has a password',
      packages: {
        'node_modules/a': locked('1.0.0', { resolved: 'https://me:s3cret@npm.acme.example/a.tgz' }),
      },
      expected: [
        {
          given: 'a, whose address in the lock file has a password in it: https://***@npm.acme.example/a.tgz',
          allowed: 'addresses without: the lock file of the image is in the package',
          advice: 'have the password in .npmrc, which builds are handed as a secret',
        },
      ],
    },
    {
      title: 'one for another machine that nothing could do without',
      packages: {
        'node_modules/a': locked('1.0.0', { dependencies: { b: '*' } }),
        'node_modules/b': locked('1.0.0', { os: ['darwin'], cpu: ['arm64'] }),
      },
      expected: [
        {
          given: 'b, which is not for the image\'s machine: {"os":["darwin"],"cpu":["arm64"]}',
          allowed: 'packages for Linux with glibc on the `architecture` of the worker',
        },
      ],
    },
    {
      title: 'all of them at once',
      packages: {
        'node_modules/a': locked('1.0.0', { dependencies: { b: '*', c: '*', d: '*' } }),
        'node_modules/b': { version: '1.0.0' },
        'node_modules/c': { link: true, resolved: '../c' },
      },
      expected: [
        { given: 'd, which a needs, and which package-lock.json does not have' },
        { given: 'b 1.0.0, of which the lock file has no integrity' },
        { given: 'c, which is the folder ../c' },
      ],
    },
  ];
  it.each(CASES)('$title', async ({ packages, expected }) => {
    putLock(folder.path, packages);
    expect(await install(folder.path, ['a'])).toMatchObject({ external: expected, allowScripts: [] });
  });

  it('but not one that no external needs, or that is not for this machine', async () => {
    putLock(folder.path, {
      'node_modules/a': locked('1.0.0', { optionalDependencies: { b: '*' } }),
      'node_modules/b': { version: '1.0.0', os: ['win32'] },
      'node_modules/c': { link: true, resolved: '../c' },
    });
    expect(await install(folder.path, ['a'])).toHaveProperty('files');
  });
});
