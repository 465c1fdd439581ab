import { parseArgs, type ParseArgsConfig } from 'node:util';
import { argumentProblem } from './collect-problems';
import { TAKES_WORDS } from './definitions';
import { UserError } from '../../errors/user-error';
import { definitionOf, ROOT, startsWith } from './words';

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
  // Of the compose of Serverless 4.
  service: { type: 'string' },
};

/**
 * The words of a command line that are neither the command's name, an option nor an option's value. Serverless 3 and osls
 * forget those behind the first option, Serverless 4 takes one behind `--local` for its value: `dead-letter replay --local
 * ID` would replay all, and not the one.
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
  // The compose of Serverless 4 may have the name of a service before it.
  const start = [0, 1].find((index) => startsWith(positionals.slice(index), path));
  if (start === undefined) return undefined;
  const words = positionals.slice(start + path.length);
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

function noWords(word: string, name: string): UserError {
  return UserError.of(
    argumentProblem(word, {
      given: `a word behind \`${name}\``,
      allowed: 'options only',
      advice: 'a worker is named by --worker',
    }),
  );
}
