import type { Problem } from '../../errors/problem';
import { UserError } from '../../errors/user-error';

/** All that is wrong with a command line, so that it is told at once. */
export class ProblemList {
  private readonly problems: Problem[] = [];

  add(...problems: readonly Problem[]): void {
    this.problems.push(...problems);
  }

  /** What reads a part of the command line; undefined where that was wrong. */
  read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.add(...error.problems);
      return undefined;
    }
  }

  async readLater<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.add(...error.problems);
      return undefined;
    }
  }

  /** @throws {UserError} where there are any */
  throwIfAny(): void {
    if (this.problems.length > 0) this.throwThem();
  }

  throwThem(): never {
    const [first, ...others] = this.problems;
    if (first === undefined) throw new Error('no problem to tell: this should not happen');
    if (others.length === 0) throw UserError.of(first);
    const heading = `${this.problems.length} things are wrong; nothing was done:`;
    throw UserError.ofMany('WATCHBOT_ARGUMENTS', heading, this.problems);
  }
}

/** A problem with the command line. */
export function argumentProblem(place: string, more: Omit<Problem, 'code' | 'place'>): Problem {
  return { code: 'WATCHBOT_ARGUMENTS', place, ...more };
}
