import { describeValue, type Problem } from '../../errors/problem';
import { factsOf } from '../capacity';
import { CLOUDWATCH_DRIVER, isLogInCloudWatch } from '../container';
import { OF_NEW_VERSION } from '../defaults';
import { routerOf } from '../sidecars';
import { problemIf, type WorkerRule } from './rule';

const KEYS = ['container.log', 'container.log.options.*', 'container.log.secretOptions.*'] as const;

const driverIsThere: WorkerRule = {
  reads: ['capacity.*', 'container.log'],
  check: ({ worker, at }) => {
    const { log } = worker.container;
    const { name, logDrivers } = factsOf(worker.capacity);
    return problemIf(log !== undefined && !logDrivers.some((driver) => driver === log.driver), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('container', 'log', 'driver'),
      given: `${log?.driver} on ${name}`,
      allowed: `on ${name}: ${logDrivers.join(', ')}; any with \`capacity: EC2\``,
      advice: 'choose one of these, or change `capacity`',
    });
  },
};

/** Without these no container of the driver starts. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  splunk: ['splunk-url', 'splunk-token'],
  gelf: ['gelf-address'],
};

const optionsAreWhole: WorkerRule = {
  reads: KEYS,
  check: ({ worker, at }) => {
    const { log } = worker.container;
    if (log === undefined) return [];
    const { driver, options, secretOptions } = log;
    const names = [...Object.keys(options), ...Object.keys(secretOptions)];
    const place = at('container', 'log', 'options');
    return [
      ...(NEEDED[driver] ?? [])
        .filter((name) => !names.includes(name))
        .map((name): Problem => ({
          code: 'WATCHBOT_MISSING_KEY',
          place,
          allowed: `\`${name}\` for ${driver}`,
          advice: `add \`${name}\`, here or under \`secretOptions\``,
        })),
      ...Object.keys(secretOptions)
        .filter((name) => Object.hasOwn(options, name))
        .map((name): Problem => ({
          code: 'WATCHBOT_CONTRADICTION',
          place: at('container', 'log', 'secretOptions', name),
          given: `${name} under \`options\`, too`,
          allowed: 'an option in one of the two',
          advice: 'remove one of them',
        })),
    ];
  },
};

/** The log group is the plugin's, and what counts jobs takes each line by itself. */
const OF_CLOUDWATCH = ['mode', 'max-buffer-size'];

const cloudWatchStays: WorkerRule = {
  reads: KEYS,
  check: ({ worker, at }) => {
    const { log } = worker.container;
    if (log?.driver !== CLOUDWATCH_DRIVER) return [];
    return [...Object.keys(log.options), ...Object.keys(log.secretOptions)]
      .filter((name) => !OF_CLOUDWATCH.includes(name))
      .map((name): Problem => ({
        code: 'WATCHBOT_NOT_ALLOWED',
        place: at('container', 'log'),
        given: name,
        allowed: `${OF_CLOUDWATCH.join(', ')}: the plugin makes the log group, and counts jobs by single lines`,
        advice: 'remove it; `logs` has the retention, and JSON by `structured`',
      }));
  },
};

/** A watcher that waits for its log holds no message any more, and its task is replaced. */
const logDoesNotBlock: WorkerRule = {
  reads: KEYS,
  check: ({ worker, at }) => {
    const mode = worker.container.log?.options.mode;
    return problemIf(mode !== undefined && mode !== 'non-blocking', {
      code: 'WATCHBOT_NOT_ALLOWED',
      place: at('container', 'log', 'options', 'mode'),
      given: describeValue(mode),
      allowed: 'non-blocking: else a log that cannot be delivered would stop the watcher',
      advice: 'remove it, and raise `max-buffer-size`',
    });
  },
};

const oneWayForTheLog: WorkerRule = {
  reads: ['container.log', 'sidecars'],
  check: ({ worker, at }) => {
    const router = routerOf(worker);
    return problemIf(worker.container.log !== undefined && router !== undefined, {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('container', 'log'),
      given: `\`container.log\` beside \`firelens\` of sidecar ${router?.name}`,
      allowed: 'one of the two',
      advice: 'remove one of them: a sidecar with `firelens` takes the log to where its outputs say',
    });
  },
};

const failuresAreCounted: WorkerRule = {
  reads: ['container.log', 'deploy.alarms'],
  check: ({ worker, at }) =>
    problemIf(worker.deploy.isByFailures && !isLogInCloudWatch(worker), {
      code: 'WATCHBOT_CONTRADICTION',
      place: at('deploy', 'alarms'),
      given: `\`${OF_NEW_VERSION}\` with \`container.log\``,
      allowed: `\`${OF_NEW_VERSION}\` with a log in CloudWatch, by which failures are counted`,
      advice: `remove \`${OF_NEW_VERSION}\`, or \`container.log\``,
    }),
};

export const LOG_DRIVER_RULES: readonly WorkerRule[] = [
  driverIsThere,
  optionsAreWhole,
  cloudWatchStays,
  logDoesNotBlock,
  oneWayForTheLog,
  failuresAreCounted,
];
