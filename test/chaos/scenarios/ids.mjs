import path from 'node:path';
import { createGroup, whyNoGroups } from '../cgroup.mjs';
import { finishRun } from '../finish.mjs';
import { whenAllGone } from '../leftovers.mjs';
import { drained, until } from '../run.mjs';
import { messagesOf } from '../mixed-messages.mjs';
import { launcherOf, ownIds, withoutLauncher } from '../ways.mjs';

const WORKER = path.join(import.meta.dirname, '../mixed.sh');
const CONCURRENCY = 6;
/** Failures to wait for. The watcher pauses between two tries, and tries one message at a time. */
const PLENTY_FAIL = 3;
const SHORT_MS = 3_000;
/** Process ids for some of the workers. Others find none, since some jobs use many, or leave processes behind. */
const FEW_IDS = 12;

/** For a while no process can be started, then just a few. One watcher starts workers by the launcher, one by Node. */
export async function ids(run) {
  const reason = whyNoGroups();
  if (reason !== undefined) {
    await finishRun(run, { isExplained: () => false });
    return { name: run.name, problems: [], skipped: reason };
  }
  const watchers = [startOne(run, {}), startOne(run, { bundle: withoutLauncher(run.folder) })];
  const quarter = Math.round(run.messages / 4);
  await send(run, quarter, ['plain']);
  await drained(run);
  const launcher = launcherOf(watchers[0]);
  await runWithoutIds(run, watchers, quarter);
  await runWithFewIds(run, watchers, 2 * quarter);
  const isRunning = watchers[0].group.members().includes(launcher);
  run.check(isRunning, 'the launcher did not live through a lack of ids');
  for (const watcher of watchers) await endOne(run, watcher);
  return finishRun(run, { isExplained: () => false });
}

function startOne({ watchers, queue }, { bundle }) {
  const watcher = watchers.start({
    ...{ concurrency: CONCURRENCY, group: createGroup(), bundle, line: `. '${WORKER}'` },
    environment: {
      WatchbotMaxReceives: String(queue.maxReceives),
      CHAOS_HOARD: '1',
      ...(bundle !== undefined && { CHAOS_STAYS: '1' }),
    },
  });
  return Object.assign(watcher, { way: bundle === undefined ? 'the launcher' : 'Node' });
}

async function runWithoutIds(run, watchers, count) {
  watchers.forEach(({ group }) => group.limitIds(1));
  const fromMs = performance.now();
  await send(run, count, ['plain']);
  const isPlenty = (watcher) => failures(watcher) >= PLENTY_FAIL;
  await until(run, () => performance.now() - fromMs > SHORT_MS && watchers.every(isPlenty));
  for (const watcher of watchers)
    run.check(isPlenty(watcher), `${watcher.name}, by ${watcher.way}: the limit of ids was not met`);
  watchers.forEach(({ group }) => group.limitIds('max'));
  await drained(run);
}

async function runWithFewIds(run, watchers, count) {
  watchers.forEach((watcher) => watcher.group.limitIds(ownIds(watcher) + FEW_IDS));
  const fromMs = performance.now();
  await send(run, count, ['hoards', 'deaf', 'plain']);
  await until(run, () => performance.now() - fromMs > SHORT_MS);
  watchers.forEach(({ group }) => group.limitIds('max'));
  await drained(run);
}

async function endOne(run, watcher) {
  const { name, way } = watcher;
  run.notes.push(`${name}, by ${way}: ${failures(watcher)} times a worker could not be started`);
  run.check(
    run.watchers.running().includes(watcher),
    `${name}, by ${way}, did not live through a lack of ids`,
  );
  watcher.signal('SIGINT');
  run.check((await watcher.ended) === 0, `${name}, by ${way}, ended with ${watcher.end}`);
  await whenAllGone(run, watcher);
}

/** Number of messages that were released because the machine could not start a process. */
const failures = (watcher) => watcher.log().match(/\[released\].*not tried.*EAGAIN/g)?.length ?? 0;

const send = ({ queue }, count, kinds) => queue.send(messagesOf(queue, count, kinds));
