import type { TextOrIntrinsic } from './configuration';

/** A function gives the ARN of a file in S3, as ECS takes it. */
export const isInS3 = (file: TextOrIntrinsic): boolean => typeof file !== 'string' || file.startsWith('arn:');

/**
 * A file of variables, as `dotenv`, Docker Compose and `node --env-file` read one, where all of these agree. What they read
 * in different ways is a mistake: nobody is to find out in AWS.
 *
 *   # a comment
 *   NAME=value, without the blanks around it     # after a blank, a comment
 *   NAME=a $ or a \ is one
 *   export NAME='as it stands, over several lines, too'
 *   NAME="with \n, \r, \t, \" and \\"
 */
export interface EnvironmentFile {
  variables: Readonly<Record<string, string>>;
  /** What cannot be read, by line, counted from 1. Never a value: it may be secret. */
  mistakes: readonly Mistake[];
}

interface Mistake {
  line: number;
  /** In words. */
  what: string;
}

const BLANK = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*/y;
const SINGLE = /'([^']*)'/y;
const DOUBLE = /"((?:[^"\\]|\\[^])*)"/y;
const PLAIN = /(?!['"])[^\n]*/y;
/** Only behind a blank. In a password it is a part of it for some readers, and a comment for others. */
const COMMENT = /(^|[ \t])#.*$/;
const REST = /[^\n]*(?:\n|$)/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

export function parseEnvironmentFile(content: string): EnvironmentFile {
  const text = content.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const variables = new Map<string, string>();
  const mistakes: Mistake[] = [];
  let at = 0;
  const take: Take = (form) => {
    form.lastIndex = at;
    const found = form.exec(text);
    if (found !== null) at = form.lastIndex;
    return found;
  };
  while (at < text.length) {
    if (take(BLANK) !== null) continue;
    const line = text.slice(0, at).split('\n').length;
    const mistake = takeVariable(take, variables);
    if (mistake === undefined) continue;
    mistakes.push({ line, what: mistake });
    take(REST);
  }
  return { variables: Object.fromEntries(variables), mistakes };
}

type Take = (form: RegExp) => RegExpExecArray | null;

/** @returns what is wrong with it, in words */
function takeVariable(take: Take, variables: Map<string, string>): string | undefined {
  const name = take(NAME)?.[1];
  if (name === undefined) return 'no NAME=value';
  const plain = take(PLAIN)?.[0].replace(COMMENT, '').trimEnd();
  if (plain?.includes('#')) return `${name}: a # in a value without quotes`;
  const value = plain ?? takeQuoted(take);
  if (value === undefined || take(BLANK) === null)
    return `${name}: a quote that does not end, or text behind it`;
  if (variables.has(name)) return `${name} for the second time`;
  variables.set(name, value);
  return undefined;
}

const takeQuoted = (take: Take): string | undefined =>
  take(SINGLE)?.[1] ??
  take(DOUBLE)?.[1]?.replaceAll(/\\([^])/g, (whole, letter: string) => ESCAPES[letter] ?? whole);

/** The variables of local files. Of two that have a name the first one wins, as with ECS. */
export function variablesOf(
  files: readonly TextOrIntrinsic[],
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = files
    .filter((file) => typeof file === 'string' && !isInS3(file))
    .map((file) => parseEnvironmentFile(texts[file as string] ?? '').variables);
  return Object.assign({}, ...all.reverse()) as Record<string, string>;
}
