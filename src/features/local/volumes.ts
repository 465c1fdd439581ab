import { existsSync } from 'node:fs';
import type { Worker } from '../../config/configuration';

/**
 * Tells which folders of volumes are not on this machine: nothing is mounted here, workers see what this machine has, and
 * nobody empties it.
 * @param warn text for people
 */
export function tellMissingVolumes(
  workers: readonly Pick<Worker, 'name' | 'volumes'>[],
  warn: (text: string) => void,
  isThere: (path: string) => boolean = existsSync,
): void {
  for (const worker of workers) {
    for (const { name, path } of worker.volumes.filter((volume) => !isThere(volume.path))) {
      warn(
        `${worker.name}: nothing is mounted on this machine, and there is no ${path}, where the volume "${name}" is in a task. ` +
          `Make it, or let it lead to a folder of yours: sudo ln -s "$PWD/${name}" '${path.replaceAll("'", `'\\''`)}'`,
      );
    }
  }
}
