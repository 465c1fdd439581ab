import { parseArgs, type ParseArgsConfig } from 'node:util';
import { describeValue } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { definitionOf } from '../commands';
import type { CommandOption, Options } from './command';
import { ROOT, startsWith } from './declare';
import { argumentProblem } from './options';

/** What a user has typed, which each framework reads in its own way: words first, then options. */

type ArgumentOptions = NonNullable<ParseArgsConfig['options']>;

/** The framework's own options that have a value or a short form: https://github.com/oss-serverless/osls */
export const FRAMEWORK_OPTIONS: ArgumentOptions = {
  region: { type: 'string', short: 'r' },
  stage: { type: 'string', short: 's' },
  config: { type: 'string', short: 'c' },
  'aws-profile': { type: 'string' },
  param: { type: 'string', multiple: true },
  debug: { type: 'string' },
  app: { type: 'string' },
  org: { type: 'string' },
  // Of the compose of Serverless 4.
  service: { type: 'string' },
};

/**
 * The words of a command line that are neither the command's name, an option nor an option's value. Serverless 3 and osls
 * forget those behind the first option, Serverless 4 takes one behind `--local` for its value: `dead-letter replay --local
 * ID` would replay all, and not the one.
 * @param line all that was typed behind `sls`
 * @returns undefined if the line is not of this command, as in a program that calls the framework
 * @throws {UserError} `WATCHBOT_ARGUMENTS` if there are words, and the command takes none
 */
export function typedWords(line: readonly string[], name: string): readonly string[] | undefined {
  const { positionals } = parseArgs({
    args: [...line],
    options: { ...FRAMEWORK_OPTIONS, ...ownOptions(name) },
    strict: false,
    allowPositionals: true,
  });
  const path = [ROOT, ...name.split(' ')];
  // The compose of Serverless 4 may have the name of a service before it.
  const start = [0, 1].find((index) => startsWith(positionals.slice(index), path));
  if (start === undefined) return undefined;
  const words = positionals.slice(start + path.length);
  const [first] = words;
  if (first !== undefined && definitionOf(name)?.words === undefined) throw noWords(first, name);
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

function noWords(word: string, name: string): UserError {
  return UserError.of(
    argumentProblem(word, {
      given: `a word behind \`${name}\``,
      allowed: 'options only',
      advice: 'a worker is named by --worker',
    }),
  );
}

/**
 * The options of a command as its definition declares them, whatever the framework has made of the command line.
 * Serverless 4 knows no types when it reads one: it takes the word behind `--local` for its value, and one value of a list
 * for a text.
 * @param words those of the line, as far as they are known
 * @throws {UserError} `WATCHBOT_ARGUMENTS` if an option has a value and may have none
 */
export function givenOptions(name: string, given: Options, words: readonly string[] = []): Options {
  const declared = definitionOf(name)?.options ?? {};
  const entries = Object.entries(given).map(([option, value]) => {
    const type = declared[option]?.type;
    // Options of the framework itself.
    if (type === undefined || value === undefined || value === null) return [option, value];
    return [option, READERS[type](value, { option, words })];
  });
  return Object.fromEntries(entries) as Options;
}

type ReadValue = (value: unknown, context: { option: string; words: readonly string[] }) => unknown;

const READERS: Readonly<Record<CommandOption['type'], ReadValue>> = {
  string: (value) => textOf(value),
  multiple: (value) => (Array.isArray(value) ? value.map(textOf) : [textOf(value)]),
  boolean: (value, { option, words }) => {
    const values: unknown[] = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
    const isWord = (each: unknown) => typeof each === 'string' && words.includes(each);
    // Nothing is guessed: `--yes=no` must not be a yes.
    const wrong = values.find((each) => typeof each !== 'boolean' && !isWord(each));
    if (wrong !== undefined) throw noValue(option, wrong);
    return values.every((each) => each !== false);
  },
};

/** A parser may make a number of what looks like one. */
function textOf(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

function noValue(option: string, value: unknown): UserError {
  return UserError.of(
    argumentProblem(`--${option}`, {
      given: typeof value === 'string' ? value : describeValue(value),
      allowed: 'no value',
      advice: 'write words before options: sls watchbot COMMAND WORD --option',
    }),
  );
}
