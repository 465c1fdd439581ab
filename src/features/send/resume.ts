import type { Options } from '../command/command';

/** Not a part of how the rest of a file is to be sent. */
const LEFT_OUT = ['start-line', 'json', 'verbose', 'debug'];

/** The command that sends the rest of a file, with the options that this call had. */
export function resumeCommand(options: Options, startLine: number): string {
  const words = Object.entries(options)
    .filter(([name, value]) => !LEFT_OUT.includes(name) && value !== undefined && value !== false)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => wordsOf(name, each)));
  return ['sls watchbot send', ...words, `--start-line ${startLine}`].join(' ');
}

function wordsOf(name: string, value: unknown): string {
  return value === true ? `--${name}` : `--${name} ${quoted(String(value))}`;
}

function quoted(text: string): string {
  return /^[\w./:@=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
