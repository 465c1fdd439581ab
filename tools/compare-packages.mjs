// Compares what two builds of the plugin make of every fixture service, byte by byte: for a change that must not be seen.
// Usage: npm run build && node tools/compare-packages.mjs OTHER_CHECKOUT [SERVICE...]   (which is built too)
// Both package with the watcher of OTHER_CHECKOUT: the image's tag is made of it, and a change of its code is no change
// of what the plugin makes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const SERVICES = 'test/fixtures/services';
const FRAMEWORK = path.resolve('node_modules/osls/bin/serverless.js');
const AT_ONCE = 2;
const COPY = { recursive: true, preserveTimestamps: true };
/** The framework writes the time of packaging into its state and the names of its artifacts. */
const TIMES = /\d{13}-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

const [other, ...names] = process.argv.slice(2);
if (other === undefined) {
  console.error('Usage: node tools/compare-packages.mjs OTHER_CHECKOUT [SERVICE...]');
  process.exit(2);
}
const home = mkdtempSync(path.join(tmpdir(), 'watchbot-compare-'));
try {
  const services = names.length > 0 ? names : readdirSync(SERVICES).sort();
  const before = await packageAll(install(other), services);
  const after = await packageAll(install('.'), services);
  const different = services.filter((name) => report(name, before.get(name), after.get(name)));
  const files = [...after.values()].reduce((sum, each) => sum + each.files.size, 0);
  console.log(`${services.length} services, ${files} files: ${different.length} services differ`);
  if (different.length > 0) process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true });
}

/** As npm would; always into the same folder, since its path goes into what is written. */
function install(checkout) {
  const folder = path.join(home, 'serverless-watchbot');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'schema.json', 'dist'])
    cpSync(path.join(checkout, part), path.join(folder, part), COPY);
  rmSync(path.join(folder, 'dist/layer'), { recursive: true });
  cpSync(path.join(other, 'dist/layer'), path.join(folder, 'dist/layer'), COPY);
  symlinkSync(path.resolve(checkout, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

async function packageAll(plugin, names) {
  const results = new Map();
  const waiting = [...names];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      results.set(name, await packageOne(plugin, name));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

async function packageOne(plugin, name) {
  // The same path for both: it goes into what is written.
  const folder = path.join(home, 'services', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(SERVICES, name), folder, { recursive: true });
  mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  symlinkSync(plugin, path.join(folder, 'node_modules/serverless-watchbot'));
  const child = spawn(process.execPath, [FRAMEWORK, 'package'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      CI: '1',
      SLS_TELEMETRY_DISABLED: '1',
      SLS_SCHEMA_CACHE_BASE_DIR: path.join(home, 'schemas'),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  const written = path.join(folder, '.serverless');
  const files = code === 0 ? contentOf(written) : new Map();
  return { code, output: output.replace(/\(\d+s\)/g, ''), files };
}

function contentOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return new Map(
    names
      // A zip has the times of its files in it.
      .filter((file) => !file.endsWith('.zip'))
      .map((file) => [
        path.relative(folder, file),
        inOrder(readFileSync(file, 'latin1').replace(TIMES, 'TIME')),
      ]),
  );
}

/**
 * The framework adds the versions of functions in the order in which it has hashed them, which differs from run to run:
 * resources are put in the order of their names.
 */
function inOrder(text) {
  if (!text.includes('AWS::Lambda::Version')) return text;
  const sorted = (key, value) =>
    key === 'Resources'
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify(JSON.parse(text), sorted, 2);
}

/** Says what differs; gives whether anything does. */
function report(name, before, after) {
  const said =
    before.output === after.output ? [] : [`what it says:\n${before.output}\n---\n${after.output}`];
  const files = [...new Set([...before.files.keys(), ...after.files.keys()])].filter(
    (file) => before.files.get(file) !== after.files.get(file),
  );
  if (before.code !== after.code) said.push(`exit code ${before.code} before, ${after.code} after`);
  const shown = files.map(
    (file) => `${file}\n${firstDifference(before.files.get(file), after.files.get(file))}`,
  );
  for (const line of [...shown, ...said]) console.log(`${name}: ${line}`);
  return files.length + said.length > 0;
}

function firstDifference(before, after) {
  if (before === undefined || after === undefined)
    return `  only ${before === undefined ? 'after' : 'before'}`;
  let at = 0;
  while (before[at] === after[at]) at++;
  const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 100), at + 100));
  return `  before: ${around(before)}\n  after:  ${around(after)}`;
}
