import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findLauncher } from '../../../../src/watcher/worker/launcher/starter';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchbot-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const PACKAGE = ['launcher-x86_64', 'launcher-arm64'];

it.each([
  { there: ['launcher'], platform: 'linux', arch: 'x64', found: 'launcher' },
  { there: PACKAGE, platform: 'linux', arch: 'x64', found: 'launcher-x86_64' },
  { there: PACKAGE, platform: 'linux', arch: 'arm64', found: 'launcher-arm64' },
  { there: PACKAGE, platform: 'linux', arch: 'riscv64', found: undefined },
  { there: PACKAGE, platform: 'darwin', arch: 'arm64', found: undefined },
  { there: [], platform: 'linux', arch: 'x64', found: undefined },
])('of $there on $platform $arch: $found', ({ there, platform, arch, found }) => {
  there.forEach((name) => {
    writeFileSync(path.join(folder, name), '');
  });
  expect(findLauncher(folder, { platform, arch })).toBe(found && path.join(folder, found));
});
