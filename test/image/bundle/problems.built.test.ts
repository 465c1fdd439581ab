import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatProblem } from '../../../src/errors/problem';
import { createTestFolder, type TestFolder } from '../../helpers/folder';
import { bundled, putFiles } from './support';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
});
afterEach(() => {
  folder.remove();
});

interface Case {
  title: string;
  files: Record<string, string>;
  handler?: string;
  expected: string[];
}

const HANDLER = 'export const handler = async () => undefined;';

const CASES: Case[] = [
  {
    title: 'a file that is not there',
    files: { 'render.py': '' },
    expected: [
      `WATCHBOT_BUNDLE at watchbot handler of worker watchbot
  given:   src/render.handler, but there is no file src/render with one of these endings
  allowed: .ts, .mts, .cts, .tsx, .js, .mjs, .cjs, .jsx
  do:      correct the path, which is relative to serverless.yml; a handler in an image needs \`image\``,
    ],
  },
  {
    title: 'an export that is not there',
    files: { 'src/render.ts': HANDLER },
    handler: 'src/render.hanlder',
    expected: [
      `WATCHBOT_BUNDLE at watchbot handler of worker watchbot
  given:   src/render.hanlder, but src/render.ts does not export hanlder
  allowed: an export of that file
  do:      export it, or name another one`,
    ],
  },
  {
    title: 'every mistake at once',
    files: { 'src/render.ts': "import './one';\nimport 'left-pad/lib';\nimport '@acme/fonts';\n" + HANDLER },
    expected: [
      `WATCHBOT_BUNDLE at src/render.ts:1:8
  given:   Could not resolve "./one" in: import './one';
  do:      see that the file is there, under this name`,
      `WATCHBOT_BUNDLE at src/render.ts:2:8
  given:   Could not resolve "left-pad/lib" in: import 'left-pad/lib';
  do:      install it: npm install left-pad`,
      `WATCHBOT_BUNDLE at src/render.ts:3:8
  given:   Could not resolve "@acme/fonts" in: import '@acme/fonts';
  do:      install it: npm install @acme/fonts`,
    ],
  },
  {
    title: 'a mistake in a file that is imported',
    files: {
      'src/render.ts': "import './other';\n" + HANDLER,
      'src/other.ts': '\n  const a = = 1; // \u001b[31mred',
    },
    expected: [
      String.raw`WATCHBOT_BUNDLE at src/other.ts:2:13
  given:   Unexpected "=" in: const a = = 1; // \u001b[31mred`,
    ],
  },
  {
    title: 'native parts',
    files: {
      'src/render.ts': "import '@acme/native';\n" + HANDLER,
      'node_modules/@acme/native/package.json': '{"main":"index.js"}',
      'node_modules/@acme/native/index.js': "module.exports = require('./build/native.node');",
      'node_modules/@acme/native/build/native.node': '\x7fELF',
    },
    expected: [
      `WATCHBOT_BUNDLE at node_modules/@acme/native/index.js:1:26
  given:   No loader is configured for ".node" files: node_modules/@acme/native/build/native.node in: module.exports = require('./build/native.node');
  do:      it has native parts: name the package, \`bundle: { external: [@acme/native] }\``,
    ],
  },
  {
    title: 'what only an ES module may do',
    files: { 'src/render.ts': 'await null;\n' + HANDLER },
    expected: [
      `WATCHBOT_BUNDLE at src/render.ts:1:1
  given:   Top-level await is currently not supported with the "cjs" output format in: await null;
  do:      make it an ES module: \`"type": "module"\` in package.json, or the ending .mts or .mjs`,
    ],
  },
];

describe('what is wrong with a handler is told', () => {
  it.each(CASES)('$title', async ({ files, handler = 'src/render.handler', expected }) => {
    putFiles(folder.path, files);
    const result = await bundled(folder.path, handler);
    expect(result.files).toEqual([]);
    expect(result.problems.map(formatProblem)).toEqual(expected);
  });

  it('but not of an export that only running it could tell', async () => {
    putFiles(folder.path, { 'src/render.js': "Object.assign(exports, JSON.parse('{}'));" });
    expect((await bundled(folder.path, 'src/render.handler')).problems).toEqual([]);
  });
});
