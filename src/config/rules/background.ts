import { describeValue } from '../../errors/problem';
import { problemIf, type WorkerRule } from './rule';

/** What a worker starts ends with it: a line that only starts its job and ends would have it killed, and be a success. */
export const commandIsNotInBackground: WorkerRule = {
  reads: ['command'],
  check: ({ worker, at }) => {
    const line = shellLineOf(worker.command);
    const advice = line === undefined ? undefined : adviceFor(line);
    return problemIf(advice !== undefined, {
      code: 'WATCHBOT_MALFORMED',
      place: at('command'),
      given: describeValue(line),
      allowed: 'a line that ends when its job has ended: what still runs then is killed',
      ...(advice === undefined ? {} : { advice }),
    });
  },
};

const SHELLS = /(?:^|\/)(?:sh|bash|dash|ash|ksh|zsh)$/;
/** Also together with others, as `-ec`. */
const LINE_FOLLOWS = /^-\w*c$/;

function shellLineOf(command: string | readonly string[] | undefined): string | undefined {
  if (command === undefined || typeof command === 'string') return command;
  const [program = '', ...words] = command;
  return SHELLS.test(program) ? words[words.findIndex((word) => LINE_FOLLOWS.test(word)) + 1] : undefined;
}

function adviceFor(line: string): string | undefined {
  // What stands in a here-document is no part of the line.
  if (line.includes('<<')) return undefined;
  const bare = bareLine(line).replace(CLOSING, '');
  if (ENDS_IN_BACKGROUND.test(bare)) return 'remove the `&` at its end, or add `wait`';
  return FORKS.test(bare) ? 'write `setsid --wait`, or remove `setsid`' : undefined;
}

/** Of groups and lists, behind the last command. */
const CLOSING = /[\s;)}]+$/;

/** Not `&&`, `>&` or `<&`. What may follow does not wait for anything. */
const ENDS_IN_BACKGROUND = /(?<![&><])&(?:\s*(?:disown|exit|true|:)(?:\s[^;&|]*)?)?$/;

/** As the only command it leads a group, and so goes into the background by itself. */
const FORKS = /^\s*(?:exec\s+)?setsid\s+(?!(?:-\w*w|--wait))[^;&|\n]*$/;

/** A comment, what is in quotes, and what has a backslash before it. */
const NOT_BARE = /(?<=^|[\s;&|()])#[^\n]*|'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]/g;

/** Without comments; what is quoted is an `x`. */
const bareLine = (line: string) => line.replace(NOT_BARE, (text) => (text.startsWith('#') ? '' : 'x'));
