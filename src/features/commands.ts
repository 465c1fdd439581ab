import type { CommandDefinition } from './command/command';
import { DEAD_LETTER } from './dead-letters/command';
import { LOCAL } from './local/command';
import { LOGS } from './logs/command';
import { ROLES } from './roles/command';
import { SEND } from './send/command';
import { SIMULATE } from './simulate/command';
import { STATUS } from './status/command';

/**
 * What stands behind `sls watchbot`, in the order of its help. Every command of the framework loads this file: the
 * definitions hold texts only, and load what they do when it is called.
 */
export const COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  local: LOCAL,
  send: SEND,
  logs: LOGS,
  status: STATUS,
  'dead-letter': DEAD_LETTER,
  simulate: SIMULATE,
  roles: ROLES,
};

/** The names of all commands that do something, `dead-letter list` among them. */
export function commandNames(
  commands: Readonly<Record<string, CommandDefinition>> = COMMANDS,
  prefix: readonly string[] = [],
): string[] {
  return Object.entries(commands).flatMap(([name, { commands: below }]) => {
    const path = [...prefix, name];
    return below === undefined ? [path.join(' ')] : commandNames(below, path);
  });
}

/** @param name `dead-letter replay` */
export function definitionOf(name: string): CommandDefinition | undefined {
  const [first = '', ...rest] = name.split(' ');
  return rest.reduce<CommandDefinition | undefined>(
    (found, part) => found?.commands?.[part],
    COMMANDS[first],
  );
}
