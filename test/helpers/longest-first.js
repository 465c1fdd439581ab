const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The files that take longest, the longest first: begun last, one of them would run alone at the end, on one of the
 * cores. Those that ask for the packaged fixtures stand apart, since the first of them packages for all.
 */
const LONGEST = [
  'aws/generated',
  'package/corpus',
  'aws/api',
  'commands/send',
  'aws/real-deploy',
  'aws/deploy-errors',
  'image/build',
  'commands/logs',
  'local/local',
  'aws/deploy',
  'commands/status-in-aws',
  'image/layer-bytes',
  'commands/dead-letter',
  'chaos/short',
  'watcher/handler/runtime-clients',
  'local/handler',
  'reduce/short',
  'watcher/faults',
];

const placeOf = ({ path }) => {
  const place = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? LONGEST.length : place;
};

module.exports = class LongestFirst extends Sequencer {
  /** The rest as Jest has it: what failed, and what took long when it last ran here. */
  sort(tests) {
    return super.sort(tests).sort((one, other) => placeOf(one) - placeOf(other));
  }
};
