import type { CommandDefinition } from '../../src/features/command/command';
import { COMMANDS, commandNames } from '../../src/features/commands';
import { calledBy } from '../../src/features/command/declare';

/** A parsed command line `sls watchbot …`. */
export interface CommandLine {
  /** Name of the command, such as `dead-letter replay`. */
  name: string;
  words: readonly string[];
  options: Record<string, unknown>;
}

/** Options of the framework, which all commands have. */
const FRAMEWORK_OPTIONS: CommandDefinition['options'] = {
  stage: { usage: '', type: 'string', shortcut: 's' },
  region: { usage: '', type: 'string', shortcut: 'r' },
  'aws-profile': { usage: '', type: 'string' },
  param: { usage: '', type: 'multiple' },
  verbose: { usage: '', type: 'boolean' },
  help: { usage: '', type: 'boolean', shortcut: 'h' },
};

/**
 * Parses the words after `sls` by the definitions of the commands.
 * @throws if a command or option is unknown, or an option lacks its value
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const words = firstOption === -1 ? args : args.slice(0, firstOption);
  const { name, words: rest } = calledBy(words) ?? { name: words.slice(1).join(' '), words: [] };
  if (!commandNames().includes(name)) throw new Error(`no command \`${words.join(' ')}\``);
  if (rest.length > 0 && definitionOf(name).words === undefined) throw new Error(`${name} takes no words`);
  return { name, words: rest, options: readOptions(name, args.slice(words.length)) };
}

function readOptions(name: string, args: readonly string[]): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  const left = [...args];
  for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
    const [given = '', ...behind] = arg.split('=');
    const { option, type } = findOption(name, given);
    const next = () => (behind.length > 0 ? behind.join('=') : left.shift());
    const value = type === 'boolean' ? true : next();
    if (value === undefined || (type !== 'boolean' && String(value).startsWith('--')))
      throw new Error(`${given} of ${name} has no value`);
    options[option] =
      type === 'multiple' ? [...((options[option] as unknown[] | undefined) ?? []), value] : value;
  }
  return options;
}

function findOption(name: string, given: string) {
  const known = Object.entries({ ...FRAMEWORK_OPTIONS, ...definitionOf(name).options });
  const found = known.find(([each, { shortcut = '-' }]) => [`--${each}`, `-${shortcut}`].includes(given));
  if (found === undefined) throw new Error(`${name} has no ${given}`);
  return { option: found[0], type: found[1].type };
}

export function definitionOf(name: string): CommandDefinition {
  const root: CommandDefinition = { usage: '', commands: COMMANDS };
  return name.split(' ').reduce((command, part) => command.commands![part]!, root);
}
