import { setTimeout as sleep } from 'node:timers/promises';
import { FAULTS, SILENCES } from '../faults.mjs';
import { finishRun } from '../finish.mjs';
import { cpuMsOf } from '../processes.mjs';
import { OPERATIONS, startProxy } from '../proxy.mjs';
import { bodies, drained, feed, until } from '../run.mjs';

/** With three watchers, one goes on while the others wait for an answer that never comes. */
const WATCHERS = 3;
const SHARES = { slow: 0.05, flaky: 0.3 };
/** More messages, sent until every operation has met every fault. */
const MORE = ['flaky 1', 'flaky 2', 'slow 3'];

/**
 * Requests of one watcher during an outage of SQS, however long. Waits double, so nearly all come in the first seconds.
 * About 60 were seen, up to 30 of them in the first second: three attempts for each poll, visibility change and
 * deletion.
 */
const MOST_REQUESTS = 150;
const MOST_IN_ONE_SECOND = 50;
/** The second half of an outage must be quieter, if it lasts long enough for waits to grow. */
const MOST_IN_SECOND_HALF = { share: 0.5, fromSeconds: 10 };
/** CPU time for each second of the outage. A watcher that retries without a pause takes all 1,000 ms. */
const MOST_CPU_MS = 250;

/** The next retry may be as far away as the outage was long, and then messages in flight must come back. */
const recoverySeconds = (outageSeconds) => outageSeconds + 10;

/** SQS answers late, wrongly, in part or not at all. Then it is unreachable for a while. */
export async function proxy(run) {
  const once = run.isShort ? [] : SILENCES;
  const onceOf = Object.fromEntries(OPERATIONS.map((operation) => [operation, once]));
  const sqsProxy = await startProxy({
    target: run.emulator.endpoint,
    seed: run.seed,
    faults: FAULTS,
    onceOf,
  });
  const watchers = await startWatchers(run, sqsProxy);
  const moreSeconds = run.outageSeconds + recoverySeconds(run.outageSeconds);
  await feed(run, { shares: SHARES, moreSeconds });
  await meetAll(run, sqsProxy, moreSeconds);
  sqsProxy.heal();
  await drained(run);
  await outage(run, { sqsProxy, watchers });
  await drained(run);
  run.check(run.watchers.running().length === WATCHERS, 'a watcher did not live through it');
  run.notes.push(`faults met, of ${OPERATIONS.join(', ')}: ${describeMet(sqsProxy)}`);
  return finishRun(run, { isExplained: ({ id }) => sqsProxy.disturbed.has(id) });
}

async function startWatchers(run, sqsProxy) {
  const watchers = [];
  for (let index = 0; index < WATCHERS; index += 1) {
    const endpoint = await sqsProxy.listen();
    const watcher = run.watchers.start({ concurrency: 4, environment: { AWS_ENDPOINT_URL: endpoint } });
    watchers.push(Object.assign(watcher, { port: Number(new URL(endpoint).port) }));
  }
  return watchers;
}

/** Sends more messages until every operation has met every fault, or there is no more time for it. */
async function meetAll(run, sqsProxy, moreSeconds) {
  const isOver = () => sqsProxy.unmet().length === 0 || run.isTimeToDrain(moreSeconds);
  await until(run, async () => {
    if (isOver()) return true;
    const { visible } = await run.queue.counts();
    if (visible === 0) await run.queue.send(MORE);
    return false;
  });
  const unmet = sqsProxy.unmet();
  if (unmet.length > 0 && !run.isShort) run.notes.push(`no time for: ${unmet.join(', ')}`);
}

function describeMet({ met }) {
  const faults = [...Object.keys(FAULTS), ...SILENCES];
  return faults
    .map((fault) => `${fault} ${OPERATIONS.map((operation) => met[operation][fault] ?? 0).join('+')}`)
    .join(', ');
}

/** Makes SQS unreachable while workers run, so that watchers also have messages to extend and to settle. */
async function outage(run, { sqsProxy, watchers }) {
  await run.queue.send(bodies(40, run.random, { slow: 0.5 }));
  await until(run, async () => (await run.queue.counts()).inFlight > 0);
  const beginMs = performance.now();
  const cpuMs = watchers.map(({ pid }) => cpuMsOf(pid));
  sqsProxy.beginOutage();
  await sleep(run.outageSeconds * 1000);
  sqsProxy.endOutage();
  const seconds = (performance.now() - beginMs) / 1000;
  for (const [index, watcher] of watchers.entries()) {
    const usedMs = (cpuMsOf(watcher.pid) - cpuMs[index]) / seconds;
    const countsBySecond = Array.from({ length: run.outageSeconds }, (_, second) => {
      const fromMs = beginMs + second * 1000;
      const isIn = ({ ms, port }) => port === watcher.port && ms >= fromMs && ms < fromMs + 1000;
      return sqsProxy.requests.filter(isIn).length;
    });
    checkQuiet(run, watcher.name, { countsBySecond, usedMs });
  }
}

function checkQuiet(run, name, { countsBySecond, usedMs }) {
  const sum = (counts) => counts.reduce((all, count) => all + count, 0);
  const all = sum(countsBySecond);
  const most = Math.max(...countsBySecond);
  const late = sum(countsBySecond.slice(countsBySecond.length / 2));
  run.notes.push(
    `SQS away for ${countsBySecond.length} s: ${name} made ${(all / countsBySecond.length).toFixed(1)} requests a second and used ${usedMs.toFixed(0)} ms of CPU time a second; requests in each second: ${countsBySecond.join(' ')}`,
  );
  run.check(all > 0, `${name} asked for nothing while SQS was away`);
  run.check(all <= MOST_REQUESTS, `${name} made ${all} requests while SQS was away`);
  run.check(most <= MOST_IN_ONE_SECOND, `${name} made ${most} requests in one second`);
  if (countsBySecond.length >= MOST_IN_SECOND_HALF.fromSeconds) {
    const isQuieter = late <= all * MOST_IN_SECOND_HALF.share;
    run.check(isQuieter, `the requests of ${name} did not grow fewer while SQS was away`);
  }
  run.check(usedMs <= MOST_CPU_MS, `${name} used ${usedMs.toFixed(0)} ms a second while SQS was away`);
}
