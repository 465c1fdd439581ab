import { isExplainedByKills } from '../ledger.mjs';
import { finishRun } from '../finish.mjs';
import { workWhileEnding } from './kills.mjs';

/**
 * Watchers are killed with everything they have started, as when a container runs out of memory or its machine fails.
 */
export async function sigkill(run) {
  await workWhileEnding(run, (watcher) => watcher.kill());
  return finishRun(run, { isExplained: isExplainedByKills });
}
