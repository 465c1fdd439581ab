import { isExplainedByKills } from '../ledger.mjs';
import { finishRun } from '../finish.mjs';
import { workWhileEnding } from './kills.mjs';

/** Watchers are killed with all that they have started, as a container that is out of memory or on a lost machine. */
export async function sigkill(run) {
  await workWhileEnding(run, (watcher) => watcher.kill());
  return finishRun(run, { isExplained: isExplainedByKills });
}
