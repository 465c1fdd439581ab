import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './framework';

/** The archive that `npm publish` would send. */
export interface Tarball {
  file: string;
  remove(): void;
}

export function pack(): Tarball {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-tarball-'));
  // Scripts are ignored, since `prepare` would build while other tests use the built files.
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    stdio: 'pipe',
  });
  const [name = ''] = readdirSync(folder);
  return {
    file: path.join(folder, name),
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
