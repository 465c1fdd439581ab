import { COMMANDS, definitionOf, commandNames } from '../commands';
import type { CommandDefinition, CommandExample } from './command';

/** All commands of the plugin stand behind this word. */
export const ROOT = 'watchbot';

/** A command as the framework wants it, with its examples for `withExamples`. */
interface DeclaredCommand extends Pick<CommandDefinition, 'usage' | 'options' | 'examples'> {
  lifecycleEvents?: readonly string[];
  commands?: Readonly<Record<string, DeclaredCommand>>;
}

type DeclaredCommands = Record<string, DeclaredCommand>;

/**
 * The commands, for the framework. It takes every word before the first option as a part of the command's name, so words
 * behind `send` and others are declared as commands of that name: without this, the framework would not find them.
 * @param line the words of the command line
 */
export function commandsFor(line: readonly string[]): DeclaredCommands {
  const called = calledBy(line);
  return {
    [ROOT]: {
      usage: 'Run a worker for every message of a queue',
      // Without it, the framework says nothing at all to the word alone.
      lifecycleEvents: [RUN_EVENT],
      commands: mapCommands(COMMANDS, (name, command) => declare(name, command, called)),
    },
  };
}

function declare(
  name: string,
  { usage, options = {}, examples = [], commands: below }: CommandDefinition,
  called: CalledCommand | undefined,
): DeclaredCommand {
  const declared = { usage, options, examples };
  if (below !== undefined) {
    const declareBelow = (part: string, each: CommandDefinition) => declare(`${name} ${part}`, each, called);
    return { ...declared, lifecycleEvents: [RUN_EVENT], commands: mapCommands(below, declareBelow) };
  }
  const runnable = { ...declared, lifecycleEvents: [RUN_EVENT] };
  return called?.name === name ? withWords(runnable, called.words) : runnable;
}

function withWords(command: DeclaredCommand, [word, ...rest]: readonly string[]): DeclaredCommand {
  return word === undefined ? command : { ...command, commands: { [word]: withWords(command, rest) } };
}

function mapCommands<T, R>(
  commands: Readonly<Record<string, T>>,
  map: (name: string, command: T) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, map(name, command)]));
}

const RUN_EVENT = 'run';

/** The lifecycle event at which a command runs; without a name, the plugin's own word alone. */
export function eventOf(name: string | undefined, line: readonly string[]): string {
  const called = calledBy(line);
  const words = called?.name === name ? (called?.words ?? []) : [];
  return [ROOT, ...(name?.split(' ') ?? []), ...words, RUN_EVENT].join(':');
}

/** The command that a command line calls, and the words behind it. */
interface CalledCommand {
  /** Without the plugin's own word: `dead-letter replay`. */
  name: string;
  words: readonly string[];
}

/** Undefined if the line is for another plugin, or for a command that takes no words. */
export function calledBy([root, ...rest]: readonly string[]): CalledCommand | undefined {
  if (root !== ROOT) return undefined;
  const name = commandNames().find(
    (each) => definitionOf(each)?.words !== undefined && startsWith(rest, each.split(' ')),
  );
  return name === undefined ? undefined : { name, words: rest.slice(name.split(' ').length) };
}

export function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, index) => words[index] === word);
}

/**
 * The commands, with examples below the usage of the one that the line asks about: the framework's help shows only a usage
 * and options.
 * @param line the words of the command line
 * @param program with which the examples begin
 */
export function withExamples(
  commands: DeclaredCommands,
  [word, ...rest]: readonly string[],
  program: string,
): DeclaredCommands {
  const command = word === undefined ? undefined : commands[word];
  if (word === undefined || command === undefined) return commands;
  const { examples = [], usage } = command;
  if (rest.length === 0) {
    const shown =
      examples.length === 0
        ? command
        : { ...command, usage: `${usage}\n\n${exampleLines(examples, program)}\n` };
    return { ...commands, [word]: shown };
  }
  const below = withExamples({ ...command.commands }, rest, program);
  return { ...commands, [word]: { ...command, commands: below } };
}

function exampleLines(examples: readonly CommandExample[], program: string): string {
  return examples
    .map(({ line, does }) => `  ${line.replace(/\bsls (?=watchbot)/, `${program} `)}\n      ${does}`)
    .join('\n');
}
