import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CACHE, run } from './cached';
import { FRAMEWORKS, ROOT } from './framework';
import { makeOnce } from './make-once';
import { pack } from './tarball';

const SERVICE = path.join(ROOT, 'test/fixtures/installed');
const OSLS_3 = path.join(CACHE, 'watchbot-osls-3');
const OSLS_3_VERSION = '3.77.1';

/** Those that the plugin says it is for, as they are run. The newest of each that can be. */
export const INSTALLED_FRAMEWORKS = {
  'osls 4': FRAMEWORKS.osls,
  'osls 3': path.join(OSLS_3, 'node_modules/osls/bin/serverless.js'),
  'serverless 3': FRAMEWORKS.serverless,
} as const;

/** Installs what the repository has not; gives why it cannot, or undefined. */
export function prepareFrameworks(): string | undefined {
  return makeOnce(OSLS_3, Buffer.from(OSLS_3_VERSION), () => {
    writeFileSync(path.join(OSLS_3, 'package.json'), '{ "private": true }');
    return run('npm', ['install', ...NPM_OPTIONS, `osls@${OSLS_3_VERSION}`], OSLS_3);
  });
}

const NPM_OPTIONS = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];

export interface InstalledService {
  folder: string;
  remove(): void;
}

/** A service far from the repository, into which the package is installed as users do it. */
export function installService(): InstalledService {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-installed-'));
  const tarball = pack();
  cpSync(SERVICE, folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "shop", "private": true }');
  execFileSync('npm', ['install', ...NPM_OPTIONS, tarball.file], { cwd: folder, stdio: 'pipe' });
  tarball.remove();
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/** What its user installs beside it, from the repository. */
export function addPackage(folder: string, name: string): void {
  const link = path.join(folder, 'node_modules', name);
  mkdirSync(path.dirname(link), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules', name), link);
}
