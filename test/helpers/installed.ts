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

/** The program of each framework that the plugin supports: the newest version of each that tests can run. */
export const INSTALLED_FRAMEWORKS = {
  'osls 4': FRAMEWORKS.osls,
  'osls 3': path.join(OSLS_3, 'node_modules/osls/bin/serverless.js'),
  'serverless 3': FRAMEWORKS.serverless,
} as const;

/** Installs the framework that the repository does not have. @returns why it cannot, or undefined */
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

/** Makes a service outside of the repository, and installs the packed plugin as a user does. */
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

/** Installs a package that a user would install beside the plugin, from the repository's copy. */
export function addPackage(folder: string, name: string): void {
  const link = path.join(folder, 'node_modules', name);
  mkdirSync(path.dirname(link), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules', name), link);
}
