import { ProgressError } from './errors';
import type { Jobs } from './jobs';

/** The number of a job's first part. The table counts from 1, as Watchbot's helper does; who calls may count from 0. */
export type FirstPart = 0 | 1;

/** The variable by which a worker says it once, so that its calls stay as they are. */
export const FIRST_PART_VARIABLE = 'ProgressPartsFrom';

/** @throws {ProgressError} `ARGUMENTS` */
export function readFirstPart(text: string, place: string): FirstPart {
  if (text === '0') return 0;
  if (text === '1') return 1;
  throw new ProgressError(
    'ARGUMENTS',
    `given: ${place} ${text}; allowed: 0 or 1, the number of the first part`,
  );
}

/** The same jobs for somebody who counts parts from there. */
export function countedFrom(first: FirstPart, jobs: Jobs): Jobs {
  if (first === 1) return jobs;
  return {
    ...jobs,
    completePart: (id, part, options) => inOwnNumbers(part, (own) => jobs.completePart(id, own, options)),
    status: (id, part) =>
      part === undefined ? jobs.status(id) : inOwnNumbers(part, (own) => jobs.status(id, own)),
  };
}

async function inOwnNumbers<T>(part: number, call: (own: number) => Promise<T>): Promise<T> {
  try {
    return await call(part + 1);
  } catch (error) {
    if (!(error instanceof ProgressError) || error.code !== 'PART') throw error;
    throw new ProgressError(
      'PART',
      `part ${part} is none of the job's, which count from 0 to one less than its total`,
      error,
    );
  }
}
