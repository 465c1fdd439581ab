import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  endFrameworks,
  frameworkCommand,
  readTemplate,
  removeServices,
  ROOT,
  runFramework,
  startFramework,
} from '../helpers/framework';
import { freePort } from '../helpers/free-port';
import {
  addPackage,
  INSTALLED_FRAMEWORKS,
  installService,
  prepareFrameworks,
  type InstalledService,
} from '../helpers/installed';

const run = promisify(execFile);

/** Why not all frameworks can be installed, or undefined. */
const missing = prepareFrameworks();
const FRAMEWORK_NAMES = Object.keys(INSTALLED_FRAMEWORKS) as (keyof typeof INSTALLED_FRAMEWORKS)[];
const describeAll = missing === undefined ? describe : describe.skip;

let service: InstalledService;
let folder: string;
beforeAll(() => {
  service = installService();
  folder = service.folder;
}, 120_000);
afterEach(endFrameworks);
afterAll(() => {
  service.remove();
  removeServices();
});

const sls = (...words: string[]) => runFramework('osls', words, { folder });

/** Packages the service. @returns the resources that the plugin made */
async function packagedBy(name: keyof typeof INSTALLED_FRAMEWORKS) {
  const { env } = frameworkCommand('osls', [], { folder });
  await run(process.execPath, [INSTALLED_FRAMEWORKS[name], 'package'], { cwd: folder, env });
  const { Resources } = readTemplate(folder).template;
  return Object.fromEntries(Object.entries(Resources).filter(([id]) => !id.startsWith('Serverless')));
}

describeAll(`the installed package${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  it('makes the same template under every framework', async () => {
    const [first, ...others] = await inTurn(FRAMEWORK_NAMES, packagedBy);
    expect(Object.keys(first!)).toEqual(
      expect.arrayContaining(['CountTask', 'CountProgressTable', 'ResizeTask']),
    );
    for (const other of others) expect(other).toEqual(first);
  }, 180_000);
});

async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}

describe('the installed package, on this machine', () => {
  it('shows its commands', async () => {
    const { code, output } = await sls('watchbot', '--help');
    expect(code).toBe(0);
    for (const name of ['send', 'logs', 'status', 'dead-letter', 'local', 'simulate', 'roles']) {
      expect(output).toContain(`watchbot ${name}`);
    }
  });

  it('says which package the table of reduce mode needs', async () => {
    const { code, output } = await sls('watchbot', 'local', '--port', '0');
    expect(code).toBe(1);
    expect(output).toContain('npm install --save-dev dynalite');
    expect(output).toContain('WATCHBOT_NO_DYNALITE');
  });

  it('runs its watcher, a handler in TypeScript, and watchbot-progress', async () => {
    addPackage(folder, 'dynalite');
    const port = await freePort();
    const local = startFramework('osls', ['watchbot', 'local', '--port', port], { folder });
    await local.find('Ctrl-C stops.', 50_000);
    const send = (worker: string) =>
      sls('watchbot', 'send', 'tile-1', '--worker', worker, '--local', '--port', port, '--wait');

    const [count, resize] = await Promise.all([send('count'), send('resize')]);

    expect([count.output, resize.output]).toEqual([
      expect.stringContaining('Done, at receive 1'),
      expect.stringContaining('Done, at receive 1'),
    ]);
    await local.find('the last part: true');
    await local.find('resized tile-1');
  });

  it.each([
    ['an ES module', 'use.mjs', "import { progress, ProgressError } from 'serverless-watchbot/progress';"],
    ['CommonJS', 'use.cjs', "const { progress, ProgressError } = require('serverless-watchbot/progress');"],
  ])('can be imported by %s', async (_kind, file, load) => {
    writeFileSync(path.join(folder, file), `${load}\nconsole.log(typeof progress, ProgressError.name);\n`);
    const { stdout } = await run(process.execPath, [file], { cwd: folder });
    expect(stdout).toBe('function ProgressError\n');
  });
});

describe('a serverless.ts', () => {
  /** The example of the page. */
  const example = () => {
    const page = readFileSync(path.join(ROOT, 'docs/editor.md'), 'utf8');
    return /```ts\n([^]*?)```/.exec(page)![1]!;
  };
  const put = (file: string, text: string) => {
    writeFileSync(path.join(folder, file), text);
  };
  beforeAll(() => {
    addPackage(folder, '@serverless/typescript');
  });

  it('gets types that accept valid sections and refuse others, in every module system of TypeScript', async () => {
    const right = readFileSync(path.join(ROOT, 'test/fixtures/sections.ts.txt'), 'utf8');
    put('example.ts', example());
    put('sections.ts', right);
    put('sections.mts', right);
    const check = (...options: string[]) =>
      run(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit', '--strict', ...options], {
        cwd: folder,
      }).catch((error: unknown) => error as { stdout: string });

    const outcomes = await inTurn(
      [
        ['--module', 'commonjs', '--moduleResolution', 'node10', 'sections.ts'],
        ['--module', 'node16', 'sections.ts', 'sections.mts'],
        ['--module', 'esnext', '--moduleResolution', 'bundler', 'sections.ts'],
        // The framework's own types have errors.
        ['--module', 'node16', '--skipLibCheck', 'example.ts'],
      ],
      (options) => check(...options),
    );
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(['', '', '', '']);
  }, 120_000);

  it('is packaged by osls', async () => {
    const other = path.join(folder, 'typed');
    await run('mkdir', ['-p', other]);
    writeFileSync(path.join(other, 'serverless.ts'), example());
    writeFileSync(path.join(other, 'Dockerfile'), 'FROM scratch\n');
    const { code, output } = await runFramework('osls', ['package'], { folder: other });
    expect([code, output]).toEqual([0, expect.stringContaining('Service packaged')]);
    expect(Object.keys(readTemplate(other).template.Resources)).toContain('WatchbotTask');
  });
});
