// The licences of what is bundled, from what esbuild says that it took.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const TEXTS = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;
/** Texts of packages that come without, and name their licence only. */
const TEXTS_ELSEWHERE = 'tools/licenses';
const RULE = '-'.repeat(80);
const HEAD = 'The files in dist/layer and dist/vendor have parts of these packages in them.\n';
/** Not a package of npm's, and so not in what esbuild tells: the launchers are linked with it. */
const C_LIBRARY = 'glibc';

/**
 * Each text once, below the packages of which it is the licence.
 * @throws {Error} where a package has none: it is not to be bundled before somebody has looked
 */
export function licensesOf(metafiles) {
  const packages = new Set(metafiles.flatMap(bundledFolders).map(readPackage));
  const lines = new Map([...packages].map((each) => [lineOf(each), textOf(each, packages)]));
  const parts = [...keysByValue(lines)].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
  const library = `The GNU C Library (LGPL-2.1-or-later), in dist/layer/launcher-*\n\n${textElsewhere(C_LIBRARY)}\n`;
  return [HEAD, ...parts, library].join(`\n${RULE}\n\n`);
}

/** Folders of the packages of which an output has at least one byte. */
function bundledFolders({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)];
}

function readPackage(folder) {
  const { name, version, license, repository } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  return { name, version, license, repository: repository?.url ?? repository, text: textIn(folder) };
}

const lineOf = ({ name, version, license }) => `${name} ${version} (${license})`;

function textIn(folder) {
  const files = readdirSync(folder).filter((file) => TEXTS.test(file));
  const texts = files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

/** Some packages of a repository leave the text to its others. */
function textOf({ name, license, repository, text }, packages) {
  const sister = [...packages].find(
    (each) => each.repository === repository && each.license === license && each.text !== undefined,
  );
  return text ?? sister?.text ?? textElsewhere(name);
}

function textElsewhere(name) {
  const file = path.join(TEXTS_ELSEWHERE, `${name}.txt`);
  if (!existsSync(file)) throw new Error(`no text of the licence of ${name}: put it into ${file}`);
  return readFileSync(file, 'utf8').trim();
}

function keysByValue(map) {
  const keys = new Map();
  for (const [key, value] of [...map].sort()) keys.set(value, [...(keys.get(value) ?? []), key]);
  return keys;
}
