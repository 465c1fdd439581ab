// The screen of `sls watchbot status` for a service at work, with invented figures: a real one needs an account.
import { createRequire } from 'node:module';
import picocolors from 'picocolors';

const require = createRequire(import.meta.url);
const { workerScreen } = require('../../dist/features/status/text.js');

const NOW_MS = Date.parse('2026-11-24T09:30:00Z');
const MINUTE_MS = 60_000;

const ago = (minutes) => new Date(NOW_MS - minutes * MINUTE_MS);
const value = (of) => ({ value: of });

const activity = (minutes, from, to) => ({
  at: ago(minutes),
  status: 'Successful',
  description: `Setting desired count to ${to}.`,
});

const alarm = (name, state, minutes) => ({ alarm: name, name, state, since: ago(minutes), reason: null });

const STATUS = {
  worker: 'watchbot',
  queue: value({ visible: 1204, inFlight: 38, delayed: 0 }),
  deadLetters: value({ visible: 2, inFlight: 0, delayed: 0 }),
  service: value({
    tasks: { running: 19, pending: 1, desired: 20 },
    deployment: {
      state: 'COMPLETED',
      reason: null,
      since: ago(2 * 24 * 60),
      running: 19,
      desired: 20,
      failedTasks: 0,
      others: 0,
    },
  }),
  protectedTasks: value(19),
  bounds: value({ min: 0, max: 20 }),
  activities: value([activity(3, 8, 20), activity(4, 0, 8)]),
  metrics: value({ oldestMessageSeconds: 212, failures: { failed: 7, jobs: 5310, withinSeconds: 3600 } }),
  alarms: value([
    alarm('deadLetter', 'ALARM', 12),
    alarm('workerErrors', 'OK', 2 * 24 * 60),
    alarm('queueSize', 'OK', 2 * 24 * 60),
    alarm('memory', 'OK', 2 * 24 * 60),
    alarm('cpu', 'OK', 2 * 24 * 60),
  ]),
};

/** As the command shows it on a terminal. */
export async function statusScreen() {
  const colours = picocolors.createColors(true);
  const head = `watchbot-example, stage dev (AWS, us-east-1), ${new Date(NOW_MS).toISOString().slice(0, 19)}Z`;
  const screen = await workerScreen(STATUS, { colours, width: 82 }, { nowMs: NOW_MS, isLocal: false });
  return `${colours.dim(head)}\n\n${screen}`;
}
