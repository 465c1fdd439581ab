import type { CommandDefinition } from './command';
import { COMMANDS, TAKES_WORDS } from './definitions';

/** All commands of the plugin stand behind this word. */
export const ROOT = 'watchbot';

/** The command that a command line calls, and the words behind it. */
export interface Called {
  /** `dead-letter replay`: without the plugin's own word. */
  name: string;
  words: readonly string[];
}

/**
 * The commands, for the framework. It takes every word before the first option as a part of the command's name, so the
 * words behind `send` and others are declared as commands of that name: without it, the framework would not find them.
 * @param line the words of the command line
 */
export function commandsFor(line: readonly string[]): Record<string, CommandDefinition> {
  const called = calledBy(line);
  const entries = Object.entries(COMMANDS).map(([name, command]) => [name, declare(name, command, called)]);
  return {
    [ROOT]: {
      usage: 'Run a worker for every message of a queue',
      commands: Object.fromEntries(entries) as Record<string, CommandDefinition>,
    },
  };
}

/** The lifecycle event at which a command runs. */
export function eventOf(name: string, line: readonly string[]): string {
  const called = calledBy(line);
  const words = called?.name === name ? called.words : [];
  return [ROOT, ...name.split(' '), ...words, 'run'].join(':');
}

/** Undefined where the line is for another plugin, or for none of the commands that take words. */
export function calledBy([root, ...rest]: readonly string[]): Called | undefined {
  if (root !== ROOT) return undefined;
  const name = Object.keys(TAKES_WORDS).find((each) => startsWith(rest, each.split(' ')));
  return name === undefined ? undefined : { name, words: rest.slice(name.split(' ').length) };
}

/** The names of all commands that do something, `dead-letter list` among them. */
export function commandNames(
  commands: Readonly<Record<string, CommandDefinition>> = COMMANDS,
  prefix: readonly string[] = [],
): string[] {
  return Object.entries(commands).flatMap(([name, { lifecycleEvents, commands: below }]) => {
    const path = [...prefix, name];
    const own = lifecycleEvents === undefined ? [] : [path.join(' ')];
    return [...own, ...(below === undefined ? [] : commandNames(below, path))];
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

function declare(name: string, command: CommandDefinition, called: Called | undefined): CommandDefinition {
  if (called === undefined) return command;
  if (called.name === name) return withWords(command, called.words);
  if (!called.name.startsWith(`${name} `) || command.commands === undefined) return command;
  const commands = Object.entries(command.commands).map(([part, below]) => [
    part,
    declare(`${name} ${part}`, below, called),
  ]);
  return { ...command, commands: Object.fromEntries(commands) as Record<string, CommandDefinition> };
}

function withWords(command: CommandDefinition, [word, ...rest]: readonly string[]): CommandDefinition {
  if (word === undefined) return command;
  return { ...command, commands: { [word]: withWords(command, rest) } };
}

export function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, index) => words[index] === word);
}
