import path from 'node:path';
import { createGroup, whyNoGroups } from '../cgroup.mjs';
import { finishRun } from '../finish.mjs';
import { whenAllGone } from '../leftovers.mjs';
import { messagesOf } from '../mixed-messages.mjs';
import { explainTwice, readOutcomes } from '../outcomes.mjs';
import { drained, until } from '../run.mjs';
import { launcherOf } from '../ways.mjs';

const WORKER = path.join(import.meta.dirname, '../mixed.sh');
const CONCURRENCY = 10;
const MEMORY_MIB = 256;
/** Only a third of the jobs grow: those that are killed together also come again together. */
const KINDS = ['grows', 'plain', 'plain'];

/**
 * Ten workers grow at the same time, and the memory is not enough for all. The kernel must kill workers and nothing
 * else. The launcher starts the workers. If Node did, a worker would be preferred for killing only a moment after its
 * start, and what it starts in that moment would not be, so the kernel could sometimes kill the watcher.
 */
export async function memory(run) {
  const reason = whyNoGroups();
  if (reason !== undefined) {
    await finishRun(run, { isExplained: () => false });
    return { name: run.name, problems: [], skipped: reason };
  }
  await growOver(run);
  return finishRun(run, {
    isExplained: (history, { killedAtMs }) => explainTwice(history, knownOf(run, killedAtMs)),
  });
}

const knownOf = ({ watchers }, killedAtMs) => ({
  ...{ killedAtMs, hasFewIds: () => false, hasLittleMemory: () => true },
  outcomes: readOutcomes(watchers.all()),
});

async function growOver(run) {
  const { queue, watchers } = run;
  const group = createGroup({ memoryMiB: MEMORY_MIB });
  const watcher = watchers.start({
    ...{ concurrency: CONCURRENCY, group, line: `. '${WORKER}'` },
    environment: { WatchbotMaxReceives: String(queue.maxReceives) },
  });
  await until(run, () => watcher.isReady());
  await until(run, () => launcherOf(watcher) !== undefined);
  const launcher = launcherOf(watcher);
  await queue.send(messagesOf(queue, run.messages, KINDS));
  await drained(run);
  run.check(watchers.running().includes(watcher), 'the kernel ended the watcher');
  run.check(group.members().includes(launcher), 'the kernel ended the launcher');
  checkNamed(run, { watcher, kills: group.memoryKills() });
  watcher.isEnding = true;
  watcher.signal('SIGINT');
  run.check((await watcher.ended) === 0, `the watcher ended with ${watcher.end}`);
  await whenAllGone(run, watcher);
}

function checkNamed(run, { watcher, kills }) {
  const failed = readOutcomes([watcher])
    .all()
    .filter(({ result }) => result === 'failure');
  const named = failed.filter(({ reason }) => reason.includes('by the kernel'));
  const [other] = failed.filter(({ reason }) => !reason.includes('by the kernel'));
  run.check(kills > 0, 'memory was not used up');
  run.check(named.length > 0 && named.length <= kills, `${named.length} of ${kills} kills were named`);
  run.check(other === undefined, `a worker failed otherwise: ${other?.reason}`);
  run.notes.push(`the kernel ended ${kills} processes, of ${named.length} jobs; all were named`);
}
