import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { npmSettings } from '../../../src/image/externals/npm-settings';
import { putFiles } from '../bundle/support';
import { createTestFolder, type TestFolder } from '../../helpers/folder';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
  putFiles(folder.path, { 'repository/package-lock.json': '{}', 'repository/service/serverless.yml': '' });
});
afterEach(() => {
  folder.remove();
});

const settings = (environment: Record<string, string> = {}) =>
  npmSettings(folder.join('repository/service'), {
    environment,
    homeFolder: folder.join('home'),
    execPath: folder.join('node/bin/node'),
  });

const linesOf = async (environment?: Record<string, string>) =>
  (await settings(environment))?.text.trimEnd().split('\n');

describe('settings of registries', () => {
  it('are none if nobody has set any', async () => {
    putFiles(folder.path, {
      'home/.npmrc': 'fund=false\n; registry=https://npm.acme.example\n\ninit.author.name=me\n',
    });
    expect(await settings({ npm_config_cache: '/tmp/npm', NPM_CONFIG_REGISTRY: '' })).toBeUndefined();
  });

  it('are those of the machine, the user, the project and the environment, in npm’s order', async () => {
    putFiles(folder.path, {
      'node/etc/npmrc': 'registry=https://machine.example/\nignore-scripts=false',
      'home/.npmrc': '//npm.acme.example/:_authToken=t0ken\nsave-exact=true',
      'repository/.npmrc': '@acme:registry = https://npm.acme.example/\r\nomit=optional\n',
      // npm does not read one of a workspace.
      'repository/service/.npmrc': 'registry=https://service.example/',
    });
    const environment = {
      NPM_CONFIG_REGISTRY: 'https://environment.example/',
      'npm_config_//npm.acme.example/:always_auth': 'true',
      npm_config_strict_ssl: 'false',
      npm_config_omit: 'dev',
    };
    expect(await linesOf(environment)).toEqual([
      'registry="https://machine.example/"',
      '//npm.acme.example/:_authToken="t0ken"',
      '@acme:registry="https://npm.acme.example/"',
      'registry="https://environment.example/"',
      '//npm.acme.example/:always_auth="true"',
      'strict-ssl="false"',
    ]);
  });

  it('are those of the files that the environment names', async () => {
    putFiles(folder.path, { 'a/npmrc': 'registry=https://a.example', 'b/npmrc': 'proxy=http://b.example' });
    const environment = {
      NPM_CONFIG_USERCONFIG: folder.join('b/npmrc'),
      npm_config_globalconfig: folder.join('a/npmrc'),
    };
    expect(await linesOf(environment)).toEqual(['registry="https://a.example"', 'proxy="http://b.example"']);
  });

  it.each([
    ['${TOKEN}', 'to;k#e"n\\'],
    ['"${TOKEN}"', 'to;k#e"n\\'],
    ["'${TOKEN}'", 'to;k#e"n\\'],
    ['x${TOKEN}y', 'xto;k#e"n\\y'],
    ['${MISSING}', '${MISSING}'],
    ['${MISSING?}', ''],
    ['${TOKEN?}', 'to;k#e"n\\'],
    ['\\${TOKEN}', '\\${TOKEN}'],
    ['${LINES}', 'one\ntwo'],
    ['abc ; a comment', 'abc'],
    ['a\\;b\\#c', 'a;b#c'],
    ['"a;b"', 'a;b'],
    ['"a', '"a'],
    ['', ''],
  ])('have values as npm reads them: %s', async (value, expected) => {
    putFiles(folder.path, { 'repository/.npmrc': `//npm.acme.example/:_authToken = ${value}\n` });
    const environment = { TOKEN: 'to;k#e"n\\', LINES: 'one\ntwo' };
    expect(await linesOf(environment)).toEqual([
      `//npm.acme.example/:_authToken=${JSON.stringify(expected)}`,
    ]);
  });

  it('say what nobody may see', async () => {
    putFiles(folder.path, {
      'repository/.npmrc': [
        '//a.example/:_authToken=${TOKEN}',
        '//b.example/:_password=cGFzcw==',
        '//b.example/:username=me-myself',
        '//c.example/:_auth=YTpi',
        'key="one-line\\nanother"',
        '//d.example/:_authToken=x',
      ].join('\n'),
    });
    const { secrets } = (await settings({ TOKEN: 't0ken' }))!;
    expect(secrets).toEqual(['t0ken', 'cGFzcw==', 'YTpi', 'one-line', 'another']);
  });

  it('have the certificates of a file in them, which is not there where an image is built', async () => {
    const certificate = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
    putFiles(folder.path, {
      'home/ca.pem': `# ours\n${certificate('AAAA')}\n\n${certificate('BBBB')}\n`,
      'home/.npmrc': 'cafile=~/ca.pem',
    });
    expect(await linesOf()).toEqual([
      `ca[]=${JSON.stringify(certificate('AAAA'))}`,
      `ca[]=${JSON.stringify(certificate('BBBB'))}`,
    ]);
  });
});
