import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './framework';

/** What `npm publish` would send, of what is built. */
export interface Tarball {
  file: string;
  remove(): void;
}

export function pack(): Tarball {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-tarball-'));
  // Without `prepare`, which would build anew below the feet of other tests.
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
