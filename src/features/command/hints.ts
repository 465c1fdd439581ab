import path from 'node:path';
import { parseArgs } from 'node:util';
import { definitionOf } from '../commands';
import { FRAMEWORK_OPTIONS } from './command-line';
import type { Options } from './command';
import { ROOT } from './declare';
import { optionWords } from './options';

/** Command lines to paste: they begin as the user has started the framework, and mean the same service and place. */

interface Started {
  /** `npx sls` */
  program: string;
  options: Options;
}

/** What is known of how the process was started. */
interface ProcessStart {
  /** The file that runs, as the shell named it. */
  script: string;
  /** In which it was started. */
  folder: string;
  environment: Readonly<Record<string, string | undefined>>;
}

const NAMES = ['sls', 'serverless', 'osls'];
const MODULES = `${path.sep}node_modules${path.sep}`;

/** What was typed to start the framework: `npx sls` if the shell finds it only in the service's packages, else `sls`. */
export function programOf({ script, folder, environment }: ProcessStart): string {
  const at = script.lastIndexOf(MODULES);
  const isOfService = at !== -1 && `${folder}${path.sep}`.startsWith(script.slice(0, at) + path.sep);
  // npm, npx and others say so; what npx has downloaded lies in a folder of its own.
  const isByNpm = environment.npm_command !== undefined || script.includes(`${path.sep}_npx${path.sep}`);
  return `${isOfService || isByNpm ? 'npx ' : ''}${nameOf(script, at)}`;
}

function nameOf(script: string, at: number): string {
  const name = path.basename(script, path.extname(script));
  // Some links lead to `bin/serverless.js` of the package, whatever they are called.
  const [owner = ''] = at === -1 ? [] : script.slice(at + MODULES.length).split(path.sep);
  const isInBin = owner === '.bin' || at === -1;
  if (NAMES.includes(name) && isInBin) return name;
  return NAMES.includes(owner) ? owner : 'serverless';
}

/** Of the framework: which service is meant, and where it is. */
const OF_SERVICE = ['stage', 'region', 'aws-profile', 'config', 'param'];
/** Of ours, as far as a command has them. */
const OF_PLACE = ['worker', 'local', 'port'];

/**
 * Without what nobody has typed: osls tells a stage and a region even so.
 * @param line all that was typed behind the program
 */
export function asTyped(line: readonly string[], options: Options): Options {
  const { values } = parseFramework(line);
  const isTyped = ([name]: [string, unknown]) => !OF_SERVICE.includes(name) || values[name] !== undefined;
  return Object.fromEntries(Object.entries(options).filter(isTyped));
}

const parseFramework = (line: readonly string[]) =>
  parseArgs({ args: [...line], options: FRAMEWORK_OPTIONS, strict: false, allowPositionals: true });

/** Between backticks, also behind a variable for it; or on a line of its own, which is indented. */
const IN_BACKTICKS = /`((?:[A-Z]+=\S+ )?)sls ([^`…]*)`/g;
const ON_ITS_LINE = /^( {2,})sls ([^`…\n]*)$/gm;

/** A text in which each command line that begins with `sls` can be pasted. */
export const asStarted = (text: string, started: Started): string =>
  text
    .replaceAll(
      IN_BACKTICKS,
      (_all, variable: string, rest: string) => `\`${variable}${lineAsStarted(rest, started)}\``,
    )
    .replaceAll(ON_ITS_LINE, (_all, indent: string, rest: string) => indent + lineAsStarted(rest, started));

/** @param rest what stands behind `sls`: `watchbot dead-letter list` */
export function lineAsStarted(rest: string, { program, options }: Started): string {
  const { values, positionals } = parseFramework(rest.split(' '));
  const own = positionals[0] === ROOT ? optionsOf(positionals.slice(1)) : {};
  const names = [...OF_PLACE.filter((name) => Object.hasOwn(own, name)), ...OF_SERVICE];
  const more = names
    .filter((name) => values[name] === undefined)
    .map((name) => [name, options[name]] as const);
  return [program, rest, ...more.flatMap(optionWords)].join(' ');
}

/** Of the command that words name: `dead-letter show ID`. */
function optionsOf(words: readonly string[]) {
  const found = words.map((_word, index) => definitionOf(words.slice(0, words.length - index).join(' ')));
  return found.find((each) => each !== undefined)?.options ?? {};
}
