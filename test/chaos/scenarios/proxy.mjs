import { setTimeout as sleep } from 'node:timers/promises';
import { startProxy } from '../proxy.mjs';
import { finishRun } from '../finish.mjs';
import { bodies, drained, feed, until } from '../run.mjs';

/**
 * Of one watcher while SQS is away, however long: waits double, so that nearly all come in the first seconds. Seen were
 * about 60, of which up to 26 in the first second: the SDK's three attempts at each poll, hold and settlement.
 */
const MOST_REQUESTS = 150;
const MOST_IN_ONE_SECOND = 50;
/** The second half of an outage is the quieter one. */
const MOST_IN_SECOND_HALF = 0.5;

/** The next try may be as far off as the outage was long; and what was held has to come back. */
const recoverySeconds = (outageSeconds) => outageSeconds + 10;

/** SQS answers late, wrongly, in part or not at all; then one watcher has it away for a while. */
export async function proxy(run) {
  const before = await startProxy({ target: run.emulator.endpoint, random: run.random });
  const watchers = (run.watchers = run.watchersOn(before.endpoint));
  const [kept, other] = [watchers.start({ concurrency: 4 }), watchers.start({ concurrency: 4 })];
  await feed(run, { moreSeconds: run.outageSeconds + recoverySeconds(run.outageSeconds) });
  await drained(run);
  other.signal('SIGINT');
  await other.ended;
  await outage(run, before);
  await drained(run);
  run.check(watchers.running().includes(kept), 'the watcher did not live through the outage');
  run.notes.push(
    `answers: ${Object.entries(before.counts)
      .map(([fault, count]) => `${fault} ${count}`)
      .join(', ')}`,
  );
  return finishRun(run, { isExplained: ({ id }) => before.disturbed.has(id) });
}

/** While workers run, so that there is something to hold and to settle besides the polls. */
async function outage(run, before) {
  await run.queue.send(bodies(40, run.random, { slow: 0.5 }));
  await until(run, async () => (await run.queue.counts()).inFlight > 0);
  const beginMs = performance.now();
  before.beginOutage();
  await sleep(run.outageSeconds * 1000);
  before.endOutage();
  const seconds = Array.from({ length: run.outageSeconds }, (_, second) => {
    const fromMs = beginMs + second * 1000;
    return before.requestsMs.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length;
  });
  const sum = (counts) => counts.reduce((all, count) => all + count, 0);
  const all = sum(seconds);
  const mean = (all / seconds.length).toFixed(1);
  const lateShare = sum(seconds.slice(seconds.length / 2)) / all;
  run.notes.push(
    `SQS away for ${seconds.length} s: ${mean} requests a second; in each: ${seconds.join(' ')}`,
  );
  run.check(all <= MOST_REQUESTS, `${all} requests while SQS was away`);
  run.check(Math.max(...seconds) <= MOST_IN_ONE_SECOND, `${Math.max(...seconds)} requests in one second`);
  run.check(lateShare <= MOST_IN_SECOND_HALF, 'requests did not grow fewer while SQS was away');
}
