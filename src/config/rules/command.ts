import { describeValue, type Problem } from '../../errors/problem';
import { WORKER_KEYS } from '../schema/service';
import { suggest } from '../suggest';
import type { RuleSubject, WorkerRule } from './rule';

const ALTERNATIVES: readonly string[] = ['command', 'handler'];
const ALLOWED =
  'one of `command`, a shell line or a list of arguments, and `handler`, a text like path/to/file.export';

/** A worker runs a program for each message, or keeps a handler warm. */
export const commandOrHandler: WorkerRule = {
  reads: ['command', 'handler'],
  check: (subject) => {
    const { worker, at } = subject;
    const given = ALTERNATIVES.filter((key) => worker[key as 'command' | 'handler'] !== undefined);
    if (given.length === 1 || (given.length === 0 && hasMisspeltOne(subject))) return [];
    if (given.length === 0) {
      const advice = 'add `command`, or `handler`';
      return [{ code: 'WATCHBOT_MISSING_KEY', place: at('command'), allowed: ALLOWED, advice }];
    }
    return [
      {
        code: 'WATCHBOT_CONTRADICTION',
        place: at('handler'),
        given: '`handler` beside `command`',
        allowed: ALLOWED,
        advice: 'remove one of the two, or make two workers of them',
      },
    ];
  },
};

/** What is there under a wrong name is not missing too. */
function hasMisspeltOne({ given }: RuleSubject): boolean {
  const unknown = Object.keys(given).filter((key) => !WORKER_KEYS.includes(key));
  return unknown.some((key) => ALTERNATIVES.includes(suggest(key, WORKER_KEYS) ?? ''));
}

export const commandIsNotBlank: WorkerRule = {
  reads: ['command', 'entryPoint'],
  check: ({ worker, at }) => [
    ...blankProblems(worker.command, at('command'), 'a shell line, or a list whose first entry is a program'),
    ...blankProblems(worker.entryPoint, at('entryPoint'), 'a list whose first entry is a program'),
  ],
};

function blankProblems(
  command: string | readonly string[] | undefined,
  place: string,
  allowed: string,
): Problem[] {
  const program = typeof command === 'string' ? command : command?.[0];
  const isProgram = program !== undefined && program.trim() !== '' && !program.includes('\0');
  if (command === undefined || isProgram) return [];
  return [{ code: 'WATCHBOT_MALFORMED', place, given: describeValue(command), allowed }];
}
