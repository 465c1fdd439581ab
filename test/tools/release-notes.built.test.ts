import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../helpers/framework';
import { createTestFolder, type TestFolder } from '../helpers/folder';

let folder: TestFolder;
beforeEach(() => {
  folder = createTestFolder();
  writeFileSync(folder.join('package.json'), '{ "version": "1.2.0" }');
});
afterEach(() => {
  folder.remove();
});

const SCRIPT = path.join(ROOT, 'tools/release-notes.mjs');

function notes(tag: string, changelog: string) {
  writeFileSync(folder.join('CHANGELOG.md'), changelog);
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, tag], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const before = '# Changelog\n\nWords.\n\n## 1.3.0 — unreleased\n\n- next\n\n';
const after = '\n## 1.1.0 — 2026-01-02\n\n- old\n';

it('prints what the changelog says of the version', () => {
  const section = '### Added\n\n- one\n\n### Fixed\n\n- two';
  const given = `${before}## 1.2.0 — 2026-02-03\n\n${section}\n${after}`;
  expect(notes('v1.2.0', given)).toEqual({ status: 0, stdout: `${section}\n`, stderr: '' });
});

it.each([
  {
    why: 'another tag',
    tag: 'v1.2.1',
    heading: '1.2.0 — 2026-02-03',
    says: 'the tag is "v1.2.1", and package.json has v1.2.0',
  },
  { why: 'no tag', tag: '', heading: '1.2.0 — 2026-02-03', says: 'the tag is ""' },
  {
    why: 'a version without a day',
    tag: 'v1.2.0',
    heading: '1.2.0 — unreleased',
    says: 'CHANGELOG.md has no heading "## 1.2.0 — YYYY-MM-DD"',
  },
  {
    why: 'a version that is not told of',
    tag: 'v1.2.0',
    heading: '1.2.01 — 2026-02-03',
    says: 'CHANGELOG.md has no heading',
  },
])('refuses $why', ({ tag, heading, says }) => {
  const { status, stdout, stderr } = notes(tag, `${before}## ${heading}\n\n- x\n${after}`);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(`No release: ${says}`);
});

it('finds a heading of the version in the changelog of this project', () => {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const headings = readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8').match(/^## .*$/gm)!;
  expect(headings[0]).toMatch(
    new RegExp(`^## ${version.replaceAll('.', '\\.')} — (unreleased|\\d{4}-\\d\\d-\\d\\d)$`),
  );
});
