import { existsSync } from 'node:fs';
import type { Worker } from '../../config/configuration';
import { isLogInCloudWatch } from '../../config/container';
import { PRESETS } from '../../config/presets';
import type { Sidecar } from '../../config/sidecars';
import { WORKER_LIMITS } from '../../contract/environment';

/** What a task has in AWS, and this machine has not. */

/**
 * What `container` gives a worker in AWS and a process of this machine does not have; undefined if that is nothing. Labels are
 * for those who look at containers; variables of local files, the stop signal and the limits of workers are here, too.
 */
export function describeNotHere({ name, container }: Worker): string | undefined {
  const { environmentFiles } = container;
  const keys = Object.entries(NOT_HERE).flatMap(([key, isGiven]) => (isGiven(container) ? [key] : []));
  const texts = [
    ...(keys.length === 0 ? [] : [`this machine does not do what \`container\` says by ${keys.join(', ')}`]),
    ...(environmentFiles.length === 0
      ? []
      : ['its files of variables in S3 are not read here: give their variables in the shell']),
  ];
  return texts.length === 0 ? undefined : `${name}: ${texts.join('; ')}`;
}

const isAny = (map: object) => Object.keys(map).length > 0;

const NOT_HERE: Readonly<Record<string, (container: Worker['container']) => boolean>> = {
  ulimits: ({ ulimits }) => Object.keys(ulimits).some((limit) => !Object.hasOwn(WORKER_LIMITS, limit)),
  sharedMemory: ({ sharedMemory }) => sharedMemory !== undefined,
  tmpfs: ({ tmpfs }) => isAny(tmpfs),
  capabilities: ({ capabilities: { add, drop } }) => add.length + drop.length > 0,
  user: ({ user }) => user !== undefined,
  workingDirectory: ({ workingDirectory }) => workingDirectory !== undefined,
  log: (container) => !isLogInCloudWatch({ container }),
  hosts: ({ hosts }) => isAny(hosts),
};

/** What jobs do without on this machine, by worker: a text for people for each that has sidecars. */
export const sidecarsNotHere = (workers: readonly Worker[]): string[] =>
  workers
    .filter(({ sidecars }) => sidecars.length > 0)
    .map(
      ({ name, sidecars }) =>
        `${name}: sidecars are not started here (${sidecars.map(describeSidecar).join(', ')}): jobs cannot reach them, unless you start them yourself (docs/sidecars.md#on-your-machine)`,
    );

function describeSidecar({ name, preset, ports }: Sidecar): string {
  const what = preset === undefined ? '' : `, ${PRESETS[preset].title}`;
  const numbers = [...new Set(ports.map(({ number }) => number))];
  const where = numbers.length === 0 ? '' : ` at ${numbers.join(' and ')}`;
  return `${name}${what}${where}`;
}

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
