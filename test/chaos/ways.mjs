import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { descendantsOf } from './processes.mjs';
import { until } from './run.mjs';
import { BUNDLE } from './watchers.mjs';

/** Copies the watcher without its launcher, so that Node starts workers. @returns the bundle */
export function withoutLauncher(folder) {
  const layer = path.dirname(BUNDLE);
  const copy = path.join(folder, 'by-node');
  mkdirSync(copy);
  const files = readdirSync(layer).filter((name) => !name.startsWith('launcher'));
  for (const name of files) cpSync(path.join(layer, name), path.join(copy, name));
  return path.join(copy, path.basename(BUNDLE));
}

/** The launcher, which is the watcher's only child. There is none if Node starts workers, while no worker runs. */
export const launcherOf = ({ pid }) => descendantsOf(pid)[0];

/** Ids that the watcher itself needs: one for each thread, and one for the launcher. */
export const ownIds = ({ pid }) => readdirSync(`/proc/${pid}/task`).length + 1;

/** Limits the watcher to `more` ids beyond its own, as soon as it has begun to work and has all its threads. */
export async function limitIds(run, watcher, more) {
  const isWorking = () =>
    /received \(receive/.test(watcher.log()) || !run.watchers.running().includes(watcher);
  await until(run, isWorking);
  if (!run.watchers.running().includes(watcher)) return;
  watcher.group.limitIds(ownIds(watcher) + more);
}
