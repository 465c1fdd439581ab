import type { CommandDefinition, CommandExample } from './command';

type Commands = Record<string, CommandDefinition>;

/**
 * The commands with the examples of the one that is asked about below its usage: the framework's help shows a usage and
 * options, and no more.
 * @param line the words of the command line
 */
export function withExamples(commands: Commands, [word, ...rest]: readonly string[]): Commands {
  const command = word === undefined ? undefined : commands[word];
  if (word === undefined || command === undefined) return commands;
  const { examples = [], usage } = command;
  if (rest.length === 0) {
    const shown = examples.length === 0 ? command : { ...command, usage: `${usage}\n\n${list(examples)}\n` };
    return { ...commands, [word]: shown };
  }
  return { ...commands, [word]: { ...command, commands: withExamples({ ...command.commands }, rest) } };
}

function list(examples: readonly CommandExample[]): string {
  return examples.map(({ line, does }) => `  ${line}\n      ${does}`).join('\n');
}
