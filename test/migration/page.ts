import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../helpers/framework';

/** A command of the AWS CLI on a page, such as `aws sns unsubscribe --subscription-arn ARN`. */
export interface AwsCommand {
  service: string;
  operation: string;
  /** The words after each option, by its name without dashes. */
  options: Readonly<Record<string, readonly string[]>>;
}

export const readPage = (name: string): string => readFileSync(path.join(ROOT, 'docs', name), 'utf8');

/** Text below a heading, up to the next heading of the same or a higher level. */
export function section(page: string, heading: string, level: 2 | 3 = 3): string {
  const [, text] = page.split(`\n${'#'.repeat(level)} ${heading}\n`);
  if (text === undefined) throw new Error(`no heading ${heading}`);
  return text.split(level === 2 ? /\n## / : /\n#{2,3} /)[0]!;
}

/** The lines of all shell blocks, in order. */
export const shellLines = (text: string): string[] =>
  [...text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );

/** @param names values for placeholders such as `OLD_QUEUE_URL` */
export function awsCommand(line: string, names: Readonly<Record<string, string>>): AwsCommand {
  const [program, service = '', operation = '', ...rest] = line.split(' ');
  if (program !== 'aws') throw new Error(`no command of the AWS CLI: ${line}`);
  const options: Record<string, string[]> = {};
  for (const word of rest) {
    if (word.startsWith('--')) options[word.slice(2)] = [];
    else
      Object.values(options)
        .at(-1)!
        .push(names[word] ?? word);
  }
  return { service, operation, options };
}

/** Turns a name of the CLI into that of the API: `queue-url` into `QueueUrl`. */
export const pascal = (words: string): string =>
  words.replaceAll(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
