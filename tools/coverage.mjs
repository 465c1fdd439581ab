// Which lines and branches of `src/` the tests pass: `npm run coverage` measures the unit tests, in their own processes;
// `npm run coverage -- --whole` all tests, and the built files in all that these start. What else is given, Jest is given.
//
// Jest, the compiler and the bundler each make a form of a source of their own. All are counted at the same points of
// the source itself: so counts add up, and comments, types, and what the compilers add are no part of them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { counter, countPoints, placesOf } from './coverage/counts.mjs';
import { pointsOf } from './coverage/points.mjs';
import { tableOf, uncoveredOf } from './coverage/table.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');
const RESULTS = path.join(ROOT, 'coverage');
/** A file for each test file, from its environment. */
const RECORDS = path.join(RESULTS, 'records');
const MAPS = path.join(RESULTS, 'maps');
const UNCOVERED = path.join(RESULTS, 'uncovered.txt');

const UNIT = 'unit';
const WHOLE = 'whole';

const given = process.argv.slice(2);
const isWhole = given.includes('--whole');

process.exitCode = main();

/** @returns the exit code: that of the tests, since nothing is asked of the coverage */
function main() {
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RECORDS, { recursive: true });
  // The built files are the same as ever; their maps are put aside.
  if (isWhole && run('npm', ['run', 'build'], { WATCHBOT_SOURCE_MAPS: MAPS }) !== 0) return 1;
  const args = given.filter((each) => each !== '--whole');
  const options = ['--env=./tools/coverage/environment.cjs', ...(isWhole ? [] : ['--selectProjects', UNIT])];
  const code = run('npx', ['jest', ...args, ...options], { WATCHBOT_COVERAGE: RECORDS });
  if (readdirSync(RECORDS).length > 0) report();
  for (const folder of [RECORDS, MAPS]) rmSync(folder, { recursive: true, force: true });
  return code;
}

function run(program, args, variables) {
  const env = { ...process.env, ...variables };
  return spawnSync(program, args, { cwd: ROOT, env, stdio: 'inherit' }).status ?? 1;
}

function report() {
  const sources = readSources();
  const projects = countAll(sources);
  const columns = [UNIT, WHOLE].filter((name) => (name === UNIT ? projects.has(UNIT) : isWhole));
  const last = columns.at(-1);
  writeFileSync(UNCOVERED, uncoveredOf(sources, last));
  console.log(`\n${tableOf(sources, columns)}`);
  console.log(`${path.relative(ROOT, UNCOVERED)} has what "${last}" leaves uncovered, by file and line.`);
  if (isWhole) console.log('Processes that a test killed, or left behind, have told nothing.');
}

/** Each with its points, and how often each column has passed them. Those that nothing loads are among them. */
function readSources() {
  const names = readdirSync(path.join(ROOT, 'src'), { recursive: true }).filter((name) =>
    name.endsWith('.ts'),
  );
  const entries = names.sort().map((name) => {
    const file = path.join(ROOT, 'src', name);
    const text = readFileSync(file, 'utf8');
    const points = pointsOf(text);
    const counts = { [UNIT]: points.map(() => 0), [WHOLE]: points.map(() => 0) };
    return [file, { name, text, points, counts }];
  });
  return new Map(entries);
}

/** @returns Jest's projects that have run */
function countAll(sources) {
  const forms = new Map();
  const projects = new Set();
  for (const name of readdirSync(RECORDS).filter((each) => each.endsWith('.json'))) {
    const { project, scripts } = JSON.parse(readFileSync(path.join(RECORDS, name), 'utf8'));
    projects.add(project);
    for (const script of scripts) {
      const isBuilt = script.code === undefined;
      if (isBuilt && !isWhole) continue;
      if (!forms.has(script.file)) forms.set(script.file, formOf(script, sources));
      addCounts(
        forms.get(script.file),
        script.functions,
        project === UNIT && !isBuilt ? [UNIT, WHOLE] : [WHOLE],
      );
    }
  }
  return projects;
}

/** What of the sources is where in a script: Jest's form of one, which comes with its code, or a built file. */
function formOf({ file, ...jest }, sources) {
  const { code, map } = jest.code === undefined ? readBuilt(file) : jest;
  return map.sources.flatMap((name, index) => {
    const source = sources.get(path.resolve(path.dirname(file), name));
    if (source === undefined) return [];
    return [{ source, places: placesOf(source.points, { text: source.text, code, map, index }) }];
  });
}

/** The bundles for the container have their maps beside them. What has none has nothing of the sources. */
function readBuilt(file) {
  const maps = [path.join(MAPS, `${path.relative(DIST, file)}.map`), `${file}.map`];
  const found = maps.find(existsSync);
  if (found === undefined) return { code: '', map: { sources: [] } };
  return { code: readFileSync(file, 'utf8'), map: JSON.parse(readFileSync(found, 'utf8')) };
}

function addCounts(form, functions, columns) {
  const countAt = counter(functions);
  for (const { source, places } of form) {
    countPoints(source.points, places, countAt).forEach((count, index) => {
      for (const column of columns) source.counts[column][index] += count;
    });
  }
}
