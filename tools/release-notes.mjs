// Prints what the changelog says of a version, for its release.
// Usage: node tools/release-notes.mjs TAG
// Ends with 1 where the tag, package.json and the changelog do not agree, or where the version has no day yet.
import { readFileSync } from 'node:fs';

const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const problem = tag === `v${version}` ? undefined : `the tag is "${tag}", and package.json has v${version}`;
const section = sectionOf(readFileSync('CHANGELOG.md', 'utf8'));

if (problem !== undefined) fail(problem);
else if (section === undefined) fail(`CHANGELOG.md has no heading "## ${version} — YYYY-MM-DD"`);
else process.stdout.write(`${section}\n`);

function fail(reason) {
  console.error(`No release: ${reason}.`);
  process.exitCode = 1;
}

/** Without its heading; undefined where there is none with a day. */
function sectionOf(changelog) {
  const [, ...sections] = `\n${changelog}`.split(/\n## /);
  const lines = sections.map((text) => text.split('\n'));
  const found = lines.find(([heading]) => {
    const [name, day = ''] = heading.split(' — ');
    return name === version && /^\d{4}-\d\d-\d\d$/.test(day.trim());
  });
  return found?.slice(1).join('\n').trim();
}
