import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../helpers/framework';
import { createTestFolder, type TestFolder } from '../helpers/folder';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
  copyFileSync(path.join(ROOT, 'tsconfig.json'), folder.join('tsconfig.json'));
  mkdirSync(folder.join('src'));
});
afterEach(() => {
  folder.remove();
});

const SCRIPT = pathToFileURL(path.join(ROOT, 'tools/transpile.mjs')).href;

function run(call: string) {
  const code = `import { writeDeclarations, writeModules } from '${SCRIPT}'; ${call};`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  return { status, stderr };
}

const write = (name: string, text: string) => {
  writeFileSync(folder.join('src', name), text);
};

it('writes modules that load others when they are asked to, and keep their comments', () => {
  write('a.ts', '/** Why. */\nexport const load = (): Promise<unknown> => import("./gone.mjs");\n');
  expect(run("writeModules(['src/a.ts'])")).toEqual({ status: 0, stderr: '' });
  const text = readFileSync(folder.join('dist/a.js'), 'utf8');
  expect(text).toContain('/** Why. */\nconst load = () => import("./gone.mjs");\nexports.load = load;');
});

it('declares what an entry gives, and what its declarations name', () => {
  write('a.ts', "import { type B } from './b';\nexport const b = (given: B): B => given;\n");
  write('b.ts', 'export type B = { c: string };\n');
  expect(run("writeDeclarations('src/a.ts')")).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(folder.join('dist/a.d.ts'), 'utf8')).toContain('b: (given: B) => B;');
  expect(readFileSync(folder.join('dist/b.d.ts'), 'utf8')).toContain('export type B');
});

it.each([
  {
    what: 'a file is no TypeScript',
    text: 'export const a = ;\n',
    call: "writeModules(['src/a.ts'])",
    says: 'error TS1109: Expression expected.',
  },
  {
    what: 'a declaration would need types of other files',
    text: "import { b } from './b';\nexport const a = () => b();\n",
    call: "writeDeclarations('src/a.ts')",
    says: 'error TS9007: Function must have an explicit return type',
  },
])('fails by the words of the compiler if $what', ({ text, call, says }) => {
  write('a.ts', text);
  const { status, stderr } = run(call);
  expect(status).toBe(1);
  expect(stderr).toContain('src/a.ts');
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^ +at /m);
});
