import path from 'node:path';
import { MIB } from '../../../shared/sizes';

/** A line of the log of `sls watchbot local`, as its file keeps it: one in JSON a line. */
export interface LocalRecord {
  timeMs: number;
  worker: string;
  line: string;
}

/** The file is set aside at this size, and what was set aside before is removed: two of them are the most there is. */
export const MAX_FILE_BYTES = 64 * MIB;

export interface LocalLogFiles {
  current: string;
  /** What came before, in the same run. */
  before: string;
}

/** Of the last run of `sls watchbot local` in this folder. */
export function localLogFiles(serviceFolder: string): LocalLogFiles {
  const folder = path.join(serviceFolder, '.serverless', 'watchbot', 'local');
  return { current: path.join(folder, 'log.jsonl'), before: path.join(folder, 'log.before.jsonl') };
}
