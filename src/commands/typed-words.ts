import { parseArgs, type ParseArgsConfig } from 'node:util';
import { argumentProblem } from './collect-problems';
import type { CommandDefinition } from './command';
import { COMMANDS, TAKES_WORDS } from './definitions';
import { UserError } from '../errors/user-error';
import { ROOT, startsWith } from './words';

type ArgumentOptions = NonNullable<ParseArgsConfig['options']>;

/** Those of the framework that have a value, or a short form: https://github.com/oss-serverless/osls */
const FRAMEWORK_OPTIONS: ArgumentOptions = {
  region: { type: 'string', short: 'r' },
  stage: { type: 'string', short: 's' },
  config: { type: 'string', short: 'c' },
  'aws-profile': { type: 'string' },
  param: { type: 'string', multiple: true },
  debug: { type: 'string' },
  app: { type: 'string' },
  org: { type: 'string' },
};

/**
 * The words of a command line that are neither the command's name, an option nor an option's value. The framework
 * forgets those behind the first option: `dead-letter replay --local ID` would replay all, and not the one.
 * @param line all that was typed behind `sls`
 * @returns undefined where the line is not of this command, as in a program that calls the framework
 * @throws {UserError} `WATCHBOT_ARGUMENTS` where the command takes no words
 */
export function typedWords(line: readonly string[], name: string): readonly string[] | undefined {
  const { positionals } = parseArgs({
    args: [...line],
    options: { ...FRAMEWORK_OPTIONS, ...ownOptions(name) },
    strict: false,
    allowPositionals: true,
  });
  const path = [ROOT, ...name.split(' ')];
  if (!startsWith(positionals, path)) return undefined;
  const words = positionals.slice(path.length);
  const [first] = words;
  if (first !== undefined && TAKES_WORDS[name] === undefined) throw noWords(first, name);
  return words;
}

function ownOptions(name: string): ArgumentOptions {
  const entries = Object.entries(definitionOf(name)?.options ?? {});
  return Object.fromEntries(
    entries.map(([option, { type, shortcut }]) => [
      option,
      {
        type: type === 'boolean' ? 'boolean' : 'string',
        multiple: type === 'multiple',
        ...(shortcut === undefined ? {} : { short: shortcut }),
      },
    ]),
  );
}

function definitionOf(name: string): CommandDefinition | undefined {
  const [first = '', ...rest] = name.split(' ');
  return rest.reduce<CommandDefinition | undefined>(
    (found, part) => found?.commands?.[part],
    COMMANDS[first],
  );
}

function noWords(word: string, name: string): UserError {
  return UserError.of(
    argumentProblem(word, {
      given: `a word behind \`${name}\``,
      allowed: 'options only',
      advice: 'a worker is named by --worker',
    }),
  );
}
