import { describe, expect, it } from '@jest/globals';
import { messagesOf, parse } from '../support';

const C = { command: 'true' };
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app';
const DIGEST = `sha256:${'0a'.repeat(32)}`;
const built = { kind: 'build', path: 'app', dockerfile: 'Dockerfile', buildArgs: {}, target: undefined };

const imageOf = (image: unknown, providerImages?: Record<string, unknown>) =>
  parse({ ...C, image }, { providerImages }).workers[0]!.image;

describe('an existing image', () => {
  it.each([
    `${ECR}:v1`,
    `${ECR}@${DIGEST}`,
    `${ECR}:v1@${DIGEST}`,
    'python:3.12-slim',
    'localhost:5000/a/b',
    'ubuntu',
    '127.0.0.1:5000/app:v1',
  ])('is %s', (uri) => {
    expect(imageOf({ uri })).toEqual({ kind: 'uri', uri });
  });

  it.each([
    'Ubuntu/App',
    'app:',
    'app\nRUN true',
    'https://registry.example.com/app',
    'app@sha256:1',
    ' app',
  ])('is not %j', (uri) => {
    expect(messagesOf({ ...C, image: { uri } })).toEqual([
      expect.stringContaining('WATCHBOT_MALFORMED at watchbot.image.uri'),
    ]);
  });

  it('has no options of a build', () => {
    expect(messagesOf({ ...C, image: { uri: 'app', target: 'x', buildArgs: {} } })).toEqual([
      expect.stringContaining('WATCHBOT_CONTRADICTION at watchbot.image.buildArgs'),
      expect.stringContaining('WATCHBOT_CONTRADICTION at watchbot.image.target'),
    ]);
    expect(messagesOf({ ...C, image: { uri: 'app', path: '.' } })).toEqual([
      expect.stringContaining('given:   path and uri'),
    ]);
  });
});

describe('an image of `provider.ecr.images`', () => {
  it.each([
    ['app', built],
    [{ path: 'app' }, built],
    [
      { path: 'app', file: 'Other', buildArgs: { LEVEL: 1 }, cacheFrom: ['x'], platform: 'linux/amd64' },
      { ...built, dockerfile: 'Other', buildArgs: { LEVEL: '1' } },
    ],
    [`${ECR}@${DIGEST}`, { kind: 'uri', uri: `${ECR}@${DIGEST}` }],
    [{ uri: `${ECR}:v1` }, { kind: 'uri', uri: `${ECR}:v1` }],
  ])('%j is taken as the framework takes it', (entry, expected) => {
    expect(imageOf({ name: 'base' }, { base: entry })).toEqual(expected);
  });

  it.each([
    ['bsae', { base: 'app' }, 'do:      did you mean "base"?'],
    ['base', undefined, 'allowed: one of provider.ecr.images: there are none'],
    ['base', { base: {} }, 'WATCHBOT_WRONG_TYPE at provider.ecr.images.base'],
    ['base', { base: { path: '.', uri: 'x' } }, 'allowed: a folder, the address of an image'],
    ['base', { base: { path: '.', buildOptions: ['--ssh'] } }, 'at provider.ecr.images.base.buildOptions'],
    ['base', { base: `${ECR}\nRUN true:v1` }, 'WATCHBOT_MALFORMED at provider.ecr.images.base'],
    [
      'base',
      { base: { path: '.', buildArgs: { 'A=B': '1' } } },
      'WATCHBOT_MALFORMED at provider.ecr.images.base.buildArgs',
    ],
    ['base', { base: { uri: 'a b' } }, 'WATCHBOT_MALFORMED at provider.ecr.images.base.uri'],
  ])('is not %j of %j', (name, providerImages, text) => {
    expect(messagesOf({ ...C, image: { name } }, { providerImages })).toEqual([
      expect.stringContaining(text),
    ]);
  });
});

describe('a build argument', () => {
  it.each([
    { name: 'LEVEL', value: 'a b\n"c" = $HOME' },
    { name: 'npm_config_registry-url.x', value: '' },
  ])('is $name with $value', ({ name, value }) => {
    expect(imageOf({ path: 'app', buildArgs: { [name]: value } })).toEqual({
      ...built,
      buildArgs: { [name]: value },
    });
  });

  it.each([
    { name: '', value: '1', place: '' },
    { name: 'A=B', value: '1', place: '' },
    { name: 'A B', value: '1', place: '' },
    { name: 'A\nB', value: '1', place: '' },
    { name: 'A\0', value: '1', place: '' },
    { name: 'A', value: '\0', place: '.A' },
  ])('is not %j', ({ name, value, place }) => {
    expect(messagesOf({ ...C, image: { path: '.', buildArgs: { [name]: value } } })).toEqual([
      expect.stringContaining(`WATCHBOT_MALFORMED at watchbot.image.buildArgs${place}\n`),
    ]);
  });
});

it('says with what images are built', () => {
  expect(parse({ ...C, build: { engine: 'podman', nodeImage: 'mirror.example.com/node:24' } }).build).toEqual(
    {
      engine: 'podman',
      nodeImage: 'mirror.example.com/node:24',
    },
  );
  expect(messagesOf({ ...C, build: { engine: 'dokcer', nodeImage: 'a b' } })).toEqual([
    expect.stringContaining('did you mean "docker"?'),
    expect.stringContaining('WATCHBOT_MALFORMED at watchbot.build.nodeImage'),
  ]);
});
