import { describeValue } from '../../errors/problem';
import { UserError } from '../../errors/user-error';
import { argumentProblem } from './collect-problems';
import type { CommandOption, Options } from './command';
import { definitionOf } from './words';

/**
 * The options of a command as its definition declares them, whatever the framework has made of the command line.
 * Serverless 4 knows no types when it reads one: it takes the word behind `--local` for its value, and one value of a list
 * for a text.
 * @param words those of the line, as far as it is known
 * @throws {UserError} `WATCHBOT_ARGUMENTS` where an option has a value and may have none
 */
export function givenOptions(name: string, given: Options, words: readonly string[] = []): Options {
  const declared = definitionOf(name)?.options ?? {};
  const entries = Object.entries(given).map(([option, value]) => {
    const type = declared[option]?.type;
    // Those of the framework.
    if (type === undefined || value === undefined || value === null) return [option, value];
    return [option, READ[type](value, { option, words })];
  });
  return Object.fromEntries(entries) as Options;
}

type Read = (value: unknown, place: { option: string; words: readonly string[] }) => unknown;

const READ: Readonly<Record<CommandOption['type'], Read>> = {
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
