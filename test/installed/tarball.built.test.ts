import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../helpers/framework';
import { pack, type Tarball } from '../helpers/tarball';

let tarball: Tarball;
let files: string[];

beforeAll(() => {
  tarball = pack();
  files = execFileSync('tar', ['-tzf', tarball.file], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((file) => file.replace('package/', ''));
});
afterAll(() => {
  tarball.remove();
});

/** Runs a program of an installed package. */
function run(program: string, ...args: string[]) {
  return promisify(execFile)(process.execPath, [path.join(ROOT, 'node_modules', program), ...args], {
    cwd: ROOT,
  });
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', object>;

describe('what is published', () => {
  it('passes publint', async () => {
    const { stdout } = await run('publint/src/cli.js', 'run', tarball.file, '--strict');
    expect(stdout).toContain('All good!');
  });

  it('has types that every module system of TypeScript finds', async () => {
    const { stdout } = await run('@arethetypeswrong/cli/dist/index.js', tarball.file, '--no-color');
    expect(stdout).toContain('No problems found');
  });

  it('is the plugin, what runs in the container, and the documents about it', () => {
    const roots = new Set(files.map((file) => file.split('/').slice(0, 2).join('/')));
    expect([...roots].filter((root) => !/^dist\/[a-z-]+$/.test(root)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'NOTICE.md',
      'README.md',
      'THIRD-PARTY-LICENSES',
      'dist/index.d.ts',
      'dist/index.js',
      'package.json',
      'schema.json',
      'src/launcher',
    ]);
    expect(files.filter((file) => /test|bundled\.json|tools|tsbuildinfo/.test(file))).toEqual([]);
  });

  it('has source maps only of what runs in tasks, and declarations only of what can be imported', () => {
    const maps = files.filter((file) => file.endsWith('.map'));
    expect(maps.filter((file) => !file.startsWith('dist/layer/'))).toEqual([]);
    const declarations = files.filter((file) => file.endsWith('.d.ts'));
    expect(declarations.filter((file) => !file.startsWith('dist/features/progress/'))).toEqual([
      'dist/index.d.ts',
    ]);
  });

  it('depends on what the plugin loads, and on nothing else', () => {
    const sources = files.filter(
      (file) => /^dist\/.*\.js$/.test(file) && !/^dist\/(layer|vendor)\//.test(file),
    );
    const names = sources.flatMap((file) =>
      // Ajv keeps the text of a call in what it compiles: behind a quote it is no call.
      [...read(file).matchAll(/(?<!['"`])(?:require|import)\("?'?((?:@[\w-]+\/)?[\w.-]+)["'/]/g)].map(
        ([, name]) => name!,
      ),
    );
    const loaded = new Set(names.filter((name) => !name.startsWith('node:') && !name.startsWith('.')));
    expect([...loaded].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});

interface Metafile {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
}

describe('the licences in it', () => {
  const texts = read('THIRD-PARTY-LICENSES');

  it('cover all packages that are bundled, in their versions', () => {
    const metafiles = JSON.parse(read('node_modules/.cache/build/bundled.json')) as Metafile[];
    const inputs = metafiles.flatMap(({ outputs }) =>
      Object.values(outputs).flatMap((each) => Object.entries(each.inputs)),
    );
    const folders = inputs
      .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && file.includes('node_modules/'))
      .map(([file]) => file.replace(/(.*node_modules\/(@[^/]+\/)?[^/]+).*/, '$1'));
    const packages = [...new Set(folders)].map((folder) => {
      const { name, version, license } = JSON.parse(read(`${folder}/package.json`)) as Record<string, string>;
      return `${name} ${version} (${license})`;
    });
    const listed = [...texts.matchAll(/^\S+ \d+\.\d+\.\d+ \(.*\)$/gm)].map(([line]) => line);
    expect(listed.sort()).toEqual([...new Set(packages)].sort());
    expect(listed).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^@aws-sdk\/client-sqs /),
        expect.stringMatching(/^fauxqs /),
      ]),
    );
  });

  it('are of kinds that have been reviewed', () => {
    const kinds = [...texts.matchAll(/^\S+ \d+\.\d+\.\d+ \((.*)\)$/gm)].map(([, kind]) => kind);
    expect([...new Set(kinds)].sort()).toEqual(['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT']);
    expect(texts).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  });
});
