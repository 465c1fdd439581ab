import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { type SourceMap } from 'node:module';
import { createTestFolder, type TestFolder } from '../../helpers/folder';
import { bundled, call, putFiles, textOf } from './support';

let folder: TestFolder;
let service: string;
beforeEach(() => {
  folder = createTestFolder();
  service = folder.join('service');
});
afterEach(() => {
  folder.remove();
});

const MODULE = JSON.stringify({ type: 'module' });
const GREETING = {
  'node_modules/greeting/package.json': '{"main":"index.js"}',
  'node_modules/greeting/index.js':
    'const { basename } = require("path"); exports.greet = (name) => [`hello ${name}`, basename(__filename)];',
};

interface Case {
  title: string;
  files: Record<string, string>;
  handler?: string;
  output: string;
  answer: unknown;
}

const TYPESCRIPT = `
import { greet } from 'greeting';
import { name, type Name } from './name';
enum Case { Upper = 1 }
export const handler = async (): Promise<[string, string]> => greet(Case[1] satisfies string as Name ?? name);
`;
const NAME = "export type Name = string;\nexport const name: Name = 'nobody';";

const CASES: Case[] = [
  {
    title: 'TypeScript',
    files: { 'src/render.ts': TYPESCRIPT, 'src/name.ts': NAME },
    output: 'src/render.cjs',
    answer: ['hello Upper', 'render.cjs'],
  },
  {
    title: 'TypeScript of ES modules',
    files: { 'src/render.ts': TYPESCRIPT, 'src/name.ts': NAME, 'package.json': MODULE },
    output: 'src/render.mjs',
    answer: ['hello Upper', 'render.mjs'],
  },
  {
    title: 'an ES module of TypeScript by its ending',
    files: {
      'src/render.mts': "await null;\nexport const handler = async () => import.meta.url.split('/').at(-1);",
    },
    output: 'src/render.mjs',
    answer: 'render.mjs',
  },
  {
    title: 'CommonJS of TypeScript by its ending, in a folder of ES modules',
    files: { 'src/render.cts': 'exports.handler = async () => typeof module;', 'package.json': MODULE },
    output: 'src/render.cjs',
    answer: 'object',
  },
  {
    title: 'CommonJS',
    files: {
      'src/render.js':
        "const { greet } = require('greeting');\nmodule.exports.handler = async () => greet('js');",
    },
    output: 'src/render.cjs',
    answer: ['hello js', 'render.cjs'],
  },
  {
    title: 'an ES module by the nearest package.json',
    files: {
      'package.json': '{}',
      'src/package.json': MODULE,
      'src/render.js':
        "import { greet } from 'greeting';\nexport const handler = async () => greet('module');",
    },
    output: 'src/render.mjs',
    answer: ['hello module', 'render.mjs'],
  },
  {
    title: 'an ES module that has its own `require` and `__dirname`',
    files: {
      'src/render.mjs': `
        import { greet } from 'greeting';
        import { createRequire } from 'node:module';
        import path from 'node:path';
        import { fileURLToPath } from 'node:url';
        const require = createRequire(import.meta.url);
        const __filename = fileURLToPath(import.meta.url);
        const __dirname = path.dirname(__filename);
        export const handler = async () => [...greet(path.basename(__dirname)), typeof require('fs').statSync];`,
    },
    output: 'src/render.mjs',
    answer: ['hello src', 'render.mjs', 'function'],
  },
  {
    title: 'one that has them, and no others',
    files: {
      'src/render.mjs': `
        import path from 'node:path';
        const __dirname = import.meta.dirname, __filename = 'x', require = 1;
        export const handler = async () => [path.basename(__dirname), __filename, require];`,
    },
    output: 'src/render.mjs',
    answer: ['src', 'x', 1],
  },
  {
    title: 'JSON, a default export, and an object of handlers',
    files: {
      'src/render.ts': "import table from './table.json';\nexport default { now: async () => table.size };",
      'src/table.json': '{"size":3}',
    },
    handler: 'src/render.default.now',
    output: 'src/render.cjs',
    answer: 3,
  },
  {
    title: 'TypeScript before what was compiled of it',
    files: {
      'src/render.ts': "export const handler = async () => 'source';",
      'src/render.js': "exports.handler = async () => 'compiled';",
    },
    output: 'src/render.cjs',
    answer: 'source',
  },
];

describe('a handler becomes one file', () => {
  it.each(CASES)('of $title', async ({ files, handler = 'src/render.handler', output, answer }) => {
    putFiles(service, { ...GREETING, ...files });
    const result = await bundled(service, handler);
    expect(result.problems).toEqual([]);
    expect(result.files.map((file) => file.path)).toEqual([output, `${output}.map`]);
    const [, exported, inner] = handler.split('.');
    if (inner !== undefined) {
      expect(textOf(result.files, 'cjs')).toContain(inner);
      return;
    }
    // Below a package.json that would make something else of it.
    putFiles(folder.path, { 'task/package.json': output.endsWith('.cjs') ? MODULE : '{}' });
    expect(JSON.parse(call(result, folder.join('task'), exported))).toEqual(answer);
  });

  it('whose map names its source, and contains it', async () => {
    const source = "// A line.\nexport const handler = async () => {\n  throw new Error('lost');\n};\n";
    putFiles(service, { 'src/render.ts': source });
    const result = await bundled(service, 'src/render.handler');
    const map = JSON.parse(textOf(result.files, '.map')) as SourceMap['payload'];
    expect(map.sources).toContain('render.ts');
    expect(map.sourcesContent).toContain(source);
    expect(call(result, folder.join('task'))).toMatch(/Error: lost\n\s+at .*task\/src\/render\.ts:3:9/);
  });

  it('that is smaller if it may be, with the names of its classes', async () => {
    putFiles(service, {
      'render.ts':
        'class LongNameOfAClass {}\nexport const handler = async () => new LongNameOfAClass().constructor.name;',
    });
    const [plain, small] = [
      await bundled(service, 'render.handler'),
      await bundled(service, 'render.handler', { external: [], minify: true }),
    ];
    expect(textOf(small.files, 'cjs').length).toBeLessThan(textOf(plain.files, 'cjs').length);
    expect(call(small, folder.join('task'))).toBe('"LongNameOfAClass"');
  });

  it('without the packages that are to be installed', async () => {
    putFiles(service, {
      ...GREETING,
      'render.ts': "import { greet } from 'greeting';\nexport const handler = async () => greet('external');",
    });
    const result = await bundled(service, 'render.handler', { external: ['greeting'], minify: false });
    expect(textOf(result.files, 'cjs')).toContain('require("greeting")');
    putFiles(folder.join('task'), GREETING);
    expect(JSON.parse(call(result, folder.join('task')))).toEqual(['hello external', 'index.js']);
  });

  it('of the same bytes in every folder, through a link too', async () => {
    const files = { ...GREETING, 'src/render.ts': TYPESCRIPT, 'src/name.ts': NAME, 'package.json': MODULE };
    const other = folder.join('deep/down/elsewhere');
    putFiles(service, files);
    putFiles(other, files);
    mkdirSync(folder.join('links'));
    symlinkSync(service, folder.join('links/service'));
    const [first, ...others] = await Promise.all(
      [service, other, path.join(folder.path, 'links/service')].map((each) =>
        bundled(each, 'src/render.handler'),
      ),
    );
    expect(others).toEqual([first, first]);
  });

  it('and says what may be wrong with it', async () => {
    putFiles(service, { 'render.ts': 'export const handler = async () => import.meta.url;' });
    const { warnings, problems } = await bundled(service, 'render.handler');
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      'watchbot: "import.meta" is not available with the "cjs" output format and will be empty at render.ts:1:36',
    ]);
  });
});
