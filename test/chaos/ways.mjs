import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { descendantsOf } from './processes.mjs';
import { until } from './run.mjs';
import { BUNDLE } from './watchers.mjs';

/** A watcher whose workers Node itself starts, as on a machine for which there is no launcher. */
export function withoutLauncher(folder) {
  const layer = path.dirname(BUNDLE);
  const copy = path.join(folder, 'by-node');
  mkdirSync(copy);
  const files = readdirSync(layer).filter((name) => !name.startsWith('launcher'));
  for (const name of files) cpSync(path.join(layer, name), path.join(copy, name));
  return path.join(copy, path.basename(BUNDLE));
}

/** Its own child; the others are the launcher's. None where Node starts workers, while none is there. */
export const launcherOf = ({ pid }) => descendantsOf(pid)[0];

/** Its threads, and the launcher. */
export const ownIds = ({ pid }) => readdirSync(`/proc/${pid}/task`).length + 1;

/** Once it works: what it has then it needs. */
export async function limitIds(run, watcher, more) {
  const works = () => /received \(receive/.test(watcher.log()) || !run.watchers.running().includes(watcher);
  await until(run, works);
  if (!run.watchers.running().includes(watcher)) return;
  watcher.group.limitIds(ownIds(watcher) + more);
}
