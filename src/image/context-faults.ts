import path from 'node:path';
import type { Problem } from '../errors/problem';

/** What is wrong with something in a build context, which is known only when it is read. */
export class ContextFault extends Error {
  readonly fault: Pick<Problem, 'given' | 'allowed' | 'advice'>;

  constructor(fault: Pick<Problem, 'given' | 'allowed' | 'advice'>) {
    super(fault.given);
    this.fault = fault;
  }
}

/**
 * The problem that an error from reading a context is, in a user's words. What neither the context nor the file system
 * has said is a bug, and thrown again.
 */
export function contextFault(
  error: unknown,
  { worker, folder }: { worker: string; folder: string },
): Problem {
  const place = `watchbot image of worker ${worker}`;
  if (error instanceof ContextFault) return { code: 'WATCHBOT_IMAGE', place, ...error.fault };
  const { code, path: file, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || file === undefined || syscall === undefined) throw error;
  const name = path.relative(folder, file);
  return {
    code: 'WATCHBOT_IMAGE',
    place,
    given: `${name === '' ? folder : name}, which cannot be read: ${code}`,
    allowed: 'files and folders that whoever packages may read, and that stay while they are read',
    advice: 'let it be read, or leave it out with a line in .dockerignore',
  };
}
