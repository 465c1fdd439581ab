const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

/** File with the duration of each test file's last run. `npm ci` removes it, and git ignores it. */
const TIMES = path.resolve('node_modules/.cache/watchbot-test-times.json');

/**
 * Prints a line of counts for each tier and one for the whole run. In CI a skipped test fails the run and is named: a
 * tool may be missing on a developer's machine, but never there. Durations are kept for `npm run slowest`.
 */
class CountReporter {
  constructor({ testNamePattern }) {
    this.isWhole = !testNamePattern;
  }

  onRunComplete(_contexts, { testResults, numPassedTests, numFailedTests, numPendingTests }) {
    keepTimes(testResults);
    // A run of chosen tests skips the others on purpose.
    const skipped = (this.isWhole ? testResults : [])
      .flatMap((file) => file.testResults)
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => fullName);
    skipped.forEach((name) => console.log(`skipped: ${name}`));
    for (const [tier, files] of byTier(testResults)) console.log(`${tier}: ${counts(files)}`);
    console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
    if (process.env.CI !== undefined && skipped.length > 0) {
      this.error = new Error(`${skipped.length} tests were skipped; in CI each must run`);
    }
  }

  getLastError() {
    return this.error;
  }
}

function byTier(files) {
  const tiers = new Map();
  for (const file of files) {
    const tier = file.displayName?.name ?? 'tests';
    tiers.set(tier, [...(tiers.get(tier) ?? []), file]);
  }
  return tiers;
}

function counts(files) {
  const sum = (key) => files.reduce((all, file) => all + file[key], 0);
  const seconds = files.reduce((all, { perfStats: { start, end } }) => all + (end - start) / 1000, 0);
  return `${sum('numPassingTests')} tests in ${files.length} files, ${Math.round(seconds)} s`;
}

function keepTimes(files) {
  const kept = existsSync(TIMES) ? JSON.parse(readFileSync(TIMES, 'utf8')) : {};
  for (const { testFilePath, displayName, perfStats, testResults } of files) {
    kept[path.relative(process.cwd(), testFilePath)] = {
      tier: displayName?.name,
      seconds: (perfStats.end - perfStats.start) / 1000,
      tests: testResults.length,
    };
  }
  mkdirSync(path.dirname(TIMES), { recursive: true });
  writeFileSync(TIMES, JSON.stringify(kept));
}

module.exports = CountReporter;
module.exports.TIMES = TIMES;
