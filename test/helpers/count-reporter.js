/**
 * Closes a run with one plain line of counts. In CI a skipped test fails the run, by name: what a machine cannot
 * install may be missing on a developer's, never there.
 */
module.exports = class CountReporter {
  constructor({ testNamePattern }) {
    this.isWhole = !testNamePattern;
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = results;
    // A run of chosen tests skips the others on purpose.
    const skipped = (this.isWhole ? testResults : [])
      .flatMap((file) => file.testResults)
      .filter(({ status }) => status === 'pending' || status === 'todo')
      .map(({ fullName }) => fullName);
    skipped.forEach((name) => console.log(`skipped: ${name}`));
    console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
    if (process.env.CI !== undefined && skipped.length > 0) {
      this.error = new Error(`${skipped.length} tests were skipped; in CI each must run`);
    }
  }

  getLastError() {
    return this.error;
  }
};
