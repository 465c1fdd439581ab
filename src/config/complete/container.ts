import { mapValues } from '../../shared/json';
import type { WorkerInput } from '../configuration';
import type { Container, LogDriver } from '../container';
import { asText, completeSecrets, withoutSlash } from './task';
import { isInS3 } from '../environment-file';

export function completeContainer(given: WorkerInput['container']): Container {
  const { labels, ulimits, tmpfs, user, workingDirectory } = given;
  return {
    ...given,
    labels: mapValues(labels, asText),
    log: completeLog(given.log),
    ulimits: mapValues(ulimits, (limit) =>
      typeof limit === 'number' ? { soft: limit, hard: limit } : limit,
    ),
    environmentFiles: given.environmentFiles.filter(isInS3),
    sharedMemory: given.sharedMemory,
    tmpfs: Object.fromEntries(
      Object.entries(tmpfs).map(([path, { size, options = [] }]) => [withoutSlash(path), { size, options }]),
    ),
    user: typeof user === 'number' ? String(user) : user,
    workingDirectory,
  };
}

function completeLog(given: WorkerInput['container']['log']): LogDriver | undefined {
  if (given === undefined) return undefined;
  const { driver, options = {}, secretOptions = {} } = given;
  return { driver, options: mapValues(options, asText), secretOptions: completeSecrets(secretOptions) };
}
