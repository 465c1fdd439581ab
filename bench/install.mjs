// Measures what the plugin costs before anything is deployed: disk space, and how much longer each command of the
// framework takes. Compares with serverless-lift, the most similar plugin.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, timeFramework } from './framework.mjs';
import { compare, median, pairs } from './measure.mjs';

const LIFT = 'serverless-lift@1.37.7';

export const RUNS = 11;

export async function measure(runs) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  try {
    const ours = service(folder, { plugin: 'serverless-watchbot', source: pack(folder) });
    const lift = service(folder, { plugin: 'serverless-lift', source: LIFT });
    const plain = service(folder, { plugin: undefined });
    const sizes = { ours: megabytes(ours), lift: megabytes(lift) };
    return [
      { name: 'serverless-lift, installed', unit: 'MB', median: sizes.lift, runs: 1 },
      {
        name: 'serverless-watchbot, installed (target: 60)',
        unit: 'MB',
        median: sizes.ours,
        runs: 1,
        ratio: sizes.ours / sizes.lift,
        to: 'serverless-lift',
      },
      ...(await added(runs, { plain, with: lift, name: 'serverless-lift' })),
      ...(await added(runs, { plain, with: ours, name: 'serverless-watchbot' })),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pack(folder) {
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  return path.join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.tgz')),
  );
}

/** Makes a service that has the plugin but does not use it. */
function service(folder, { plugin, source }) {
  const cwd = path.join(folder, plugin ?? 'plain');
  mkdirSync(cwd);
  writeFileSync(path.join(cwd, 'package.json'), '{ "private": true }');
  if (source !== undefined) {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--omit=dev'];
    execFileSync('npm', ['install', ...options, source], { cwd, stdio: 'pipe' });
  }
  const plugins = plugin === undefined ? '' : `plugins: [${plugin}]\n`;
  writeFileSync(
    path.join(cwd, 'serverless.yml'),
    `service: bench\nprovider: { name: aws, region: us-east-1 }\n${plugins}`,
  );
  return cwd;
}

/** Disk space of the installed packages as `du` counts it, in 10⁶ bytes. */
function megabytes(cwd) {
  const [kibibytes] = execFileSync('du', ['-sk', path.join(cwd, 'node_modules')], { encoding: 'utf8' }).split(
    '\t',
  );
  return (Number(kibibytes) * 1024) / 1e6;
}

async function added(runs, { plain, with: cwd, name }) {
  const samples = await pairs(runs, { base: () => print(plain), ours: () => print(cwd) });
  const times = samples.ours.map((took, index) => took - samples.base[index]);
  return [
    ...compare(samples, { base: 'osls print, without plugins', ours: `the same with ${name}` }),
    { name: `what ${name} adds`, unit: 'ms', median: median(times), runs },
  ];
}

const print = (cwd) => timeFramework('print', { cwd, home: path.dirname(cwd) });
