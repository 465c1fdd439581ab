import type { Worker } from '../../config/configuration';
import { isLogInCloudWatch } from '../../config/container';
import { WORKER_LIMITS } from '../../contract/environment';

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
