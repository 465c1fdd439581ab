import { existsSync } from 'node:fs';
import path from 'node:path';
import { COMMANDS_FOLDER } from '../../contract/image';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a container has where neither image nor user set one. https://docs.docker.com/reference/dockerfile/#env */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The helper commands beside the watcher's bundle; undefined where there are none, as on a developer's machine. */
export function findCommands(folder: string): string | undefined {
  const commands = path.join(folder, COMMANDS_FOLDER);
  return existsSync(commands) ? commands : undefined;
}

/** Before what the image has under their names: they know this version's tables. */
export function withCommands(environment: Environment, folder: string | undefined): Environment {
  if (folder === undefined) return environment;
  return { ...environment, PATH: `${folder}:${environment.PATH || DEFAULT_PATH}` };
}
