import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { emptyService, removeServices, runFramework } from '../../helpers/framework';
import { putFiles } from '../bundle/support';
import { locked, putLock, type Locked } from './support';

afterAll(removeServices);

const HANDLER = "import { draw } from 'acme';\nexport const handler = async () => draw();\n";

/** A service whose handler needs `acme`, which is installed beside it in a version of its own. */
function makeService(packages: Locked | undefined, bundle: object): string {
  const folder = emptyService('externals');
  const section = { handler: 'draw.handler', topic: false, bundle };
  putFiles(folder, {
    'serverless.yml': `service: externals\nprovider: { name: aws, region: us-east-1 }\nplugins: [serverless-watchbot]\nwatchbot: ${JSON.stringify(section)}\n`,
    'draw.ts': HANDLER,
    'node_modules/acme/package.json': '{"name":"acme","version":"0.0.1","main":"index.js"}',
    'node_modules/acme/index.js': 'exports.draw = () => undefined;',
  });
  if (packages !== undefined) putLock(folder, packages);
  return folder;
}

const context = (folder: string, file: string) =>
  path.join(folder, '.serverless/watchbot/images/watchbot/context', file);
const read = (folder: string, file: string) => readFileSync(context(folder, file), 'utf8');

async function packaged(folder: string): Promise<string> {
  const { code, output } = await runFramework('osls', ['package'], { folder });
  if (code !== 0) throw new Error(output);
  return output;
}

const tagOf = (folder: string) =>
  (
    JSON.parse(readFileSync(path.join(folder, '.serverless/watchbot/images.json'), 'utf8')) as {
      images: [{ tag: string }];
    }
  ).images[0].tag;

const ACME: Locked = {
  'node_modules/acme': locked('1.0.0', { resolved: 'https://npm.acme.example/acme/-/acme-1.0.0.tgz' }),
};
const EXTERNAL = { external: ['acme'] };

describe('a package with externals', () => {
  it('has what the lock file says of them, for npm to install just that, and no script to run', async () => {
    const folder = makeService(ACME, EXTERNAL);
    await packaged(folder);
    expect(readdirSync(context(folder, 'external')).sort()).toEqual(['package-lock.json', 'package.json']);
    const { packages } = JSON.parse(read(folder, 'external/package-lock.json')) as { packages: object };
    expect(packages).toEqual({ '': { dependencies: { acme: '1.0.0' } }, ...ACME });
    expect(read(folder, 'Containerfile')).toContain(
      `ENV npm_config_userconfig=/run/secrets/watchbot-npmrc
COPY external/ /watchbot/
RUN --mount=type=secret,id=watchbot-npmrc ["npm","ci","--ignore-scripts","--no-audit","--no-fund","--no-update-notifier"]
FROM `,
    );
  });

  it('runs scripts of those alone that are named, after the secret is gone', async () => {
    const scripted = { ...ACME['node_modules/acme'], hasInstallScript: true };
    const folder = makeService(
      { 'node_modules/acme': scripted },
      { ...EXTERNAL, allowScripts: { acme: true } },
    );
    await packaged(folder);
    expect(read(folder, 'Containerfile')).toContain(
      `"--no-update-notifier"]
ENV npm_config_platform=linux npm_config_arch=x64 npm_config_target_arch=x64
RUN ["npm","rebuild","--ignore-scripts=false","--foreground-scripts","acme"]
FROM `,
    );
    const undecided = makeService({ 'node_modules/acme': scripted }, EXTERNAL);
    expect(await packaged(undecided)).toContain(
      'watchbot: acme 1.0.0 has an install script, which is not run.',
    );
  });

  it('has nothing of the settings of registries, which its tag does not go by either', async () => {
    const folder = makeService(ACME, EXTERNAL);
    await packaged(folder);
    const before = tagOf(folder);
    putFiles(folder, { '.npmrc': '//npm.acme.example/:_authToken=t0ken\n' });
    await packaged(folder);
    expect(tagOf(folder)).toBe(before);
    const files = readdirSync(path.join(folder, '.serverless'), { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'latin1'));
    expect(texts.join('')).not.toContain('t0ken');
  });

  it('has another tag with another version, hash or archive', async () => {
    const tags = [];
    for (const change of [{}, { integrity: 'sha512-other' }, { version: '1.0.1' }]) {
      const folder = makeService(
        { 'node_modules/acme': { ...ACME['node_modules/acme'], ...change } },
        EXTERNAL,
      );
      await packaged(folder);
      tags.push(tagOf(folder));
    }
    for (const content of ['one', 'two']) {
      const archive = locked('1.0.0', { resolved: 'file:vendor/acme.tgz' });
      const folder = makeService({ 'node_modules/acme': archive }, EXTERNAL);
      putFiles(folder, { 'vendor/acme.tgz': content });
      await packaged(folder);
      expect(read(folder, 'external/archives/acme-1.0.0.tgz')).toBe(content);
      tags.push(tagOf(folder));
    }
    expect(new Set(tags).size).toBe(5);
  });

  const REFUSED: { title: string; packages: Locked | undefined; bundle: object; problems: string[] }[] = [
    {
      title: 'a workspace’s folder',
      packages: {
        'node_modules/acme': { resolved: 'packages/acme', link: true },
        'packages/acme': { version: '1.0.0' },
      },
      bundle: EXTERNAL,
      problems: [
        `WATCHBOT_BUNDLE at watchbot bundle.external of worker watchbot
  given:   acme, which is the folder packages/acme`,
      ],
    },
    {
      title: 'an archive that is not there',
      packages: { 'node_modules/acme': locked('1.0.0', { resolved: 'file:vendor/acme.tgz' }) },
      bundle: EXTERNAL,
      problems: ['vendor/acme.tgz, which cannot be read: ENOENT'],
    },
    {
      title: 'scripts of what is not installed',
      packages: ACME,
      bundle: { ...EXTERNAL, allowScripts: { acne: true } },
      problems: [
        `WATCHBOT_BUNDLE at watchbot bundle.allowScripts of worker watchbot
  given:   acne, which has no install script, or is not installed
  allowed: none: no package that is installed has an install script
  do:      remove it`,
      ],
    },
  ];
  it.each(REFUSED)('is none with $title', async ({ packages, bundle, problems }) => {
    const folder = makeService(packages, bundle);
    const { code, output } = await runFramework('osls', ['package'], { folder });
    expect(code).not.toBe(0);
    for (const problem of problems) expect(output).toContain(problem);
    expect(existsSync(context(folder, 'external'))).toBe(false);
  });
});
