import { finishRun } from '../finish.mjs';
import { workWhileEnding } from './kills.mjs';

/** Watchers get SIGTERM, as from ECS. No message may be done twice for any reason. */
export async function sigterm(run) {
  await workWhileEnding(run, (watcher) => endBySigterm(run, watcher));
  return finishRun(run, { isExplained: () => false });
}

export async function endBySigterm(run, watcher) {
  watcher.isEnding = true;
  watcher.signal('SIGTERM');
  const end = await watcher.ended;
  run.check(end === 0, `${watcher.name} ended with ${end} on SIGTERM`);
}
