import { escapeHiddenLines } from '../shared/escape';
import type { ErrorCode } from './codes';
import { formatProblem, type Problem } from './problem';

/**
 * A user's mistake, or a state of the world that the user can change: shown as a message, without a stack.
 * Any other error is a bug of the plugin, and keeps its stack.
 */
export class UserError extends Error {
  // The framework prints an error without its stack only under this name.
  override readonly name = 'ServerlessError';
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; problems?: readonly Problem[] } = {},
  ) {
    // The message quotes what was given, which anybody may have written.
    super(escapeHiddenLines(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    // If a variable cannot be resolved, the framework prints the stack whatever the error's name.
    this.stack = this.message;
    this.problems = options.problems ?? [];
  }

  /** One problem as an error of its own. */
  static of(problem: Problem, cause?: unknown): UserError {
    return new UserError(problem.code, formatProblem(problem), { cause, problems: [problem] });
  }

  /**
   * All problems of a configuration at once.
   * @param end what mends several of them, as something to paste
   */
  static ofConfiguration(problems: readonly Problem[], end?: string): UserError {
    const count = problems.length === 1 ? 'an error' : `${problems.length} errors`;
    return UserError.ofMany('WATCHBOT_CONFIGURATION', `The watchbot section has ${count}:`, problems, end);
  }

  /** Several problems of one kind, under a line that says what they have in common. */
  static ofMany(code: ErrorCode, heading: string, problems: readonly Problem[], end?: string): UserError {
    const parts = [heading, ...problems.map(formatProblem), ...allowedKeys(problems)];
    return new UserError(code, [...parts, ...(end === undefined ? [] : [end])].join('\n\n'), { problems });
  }
}

/** The keys that may stand where somebody has put unknown ones, each list once. */
function allowedKeys(problems: readonly Problem[]): string[] {
  const lists = new Map<string, string>();
  for (const { place, given = '', allowedKeys: keys } of problems) {
    const map = place.endsWith(`.${given}`) ? place.slice(0, -given.length - 1) : place;
    if (keys !== undefined && !lists.has(keys)) lists.set(keys, map);
  }
  return [...lists].map(([keys, map]) => `Keys of ${map}: ${keys}`);
}
