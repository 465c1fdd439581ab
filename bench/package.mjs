// Measures how much longer `osls package` takes with the plugin, compared with the same empty service without it.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, timeFramework } from './framework.mjs';
import { compare, median, pairs } from './measure.mjs';

export const RUNS = 11;

export async function measure(runs) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-bench-'));
  try {
    const plain = service(path.join(folder, 'plain'), '');
    const ours = service(
      path.join(folder, 'ours'),
      'plugins: [serverless-watchbot]\nwatchbot: { command: echo hello }\n',
    );
    const samples = await pairs(runs, {
      base: () => timeFramework('package', { cwd: plain, home: folder }),
      ours: () => timeFramework('package', { cwd: ours, home: folder }),
    });
    const added = samples.ours.map((took, index) => took - samples.base[index]);
    return [
      ...compare(samples, { base: 'osls package, empty service', ours: 'the same with the plugin' }),
      { name: 'what the plugin adds (target: 500)', unit: 'ms', median: median(added), runs },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function service(folder, rest) {
  mkdirSync(path.join(folder, 'node_modules'), { recursive: true });
  symlinkSync(ROOT, path.join(folder, 'node_modules/serverless-watchbot'));
  writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
  writeFileSync(
    path.join(folder, 'serverless.yml'),
    `service: bench\nprovider: { name: aws, region: us-east-1 }\n${rest}`,
  );
  return folder;
}
