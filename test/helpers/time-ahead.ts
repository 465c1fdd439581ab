import { writeFileSync } from 'node:fs';
import path from 'node:path';

const PRELOAD = path.resolve(__dirname, '../fixtures/preloads/time-ahead.cjs');

/** Lets time jump ahead in a running watcher. */
export interface TimeAhead {
  /** Environment for the watcher. Workers that are Node programs follow the same time. */
  environment: Record<string, string>;
  jump(milliseconds: number): void;
}

/** @param folder of the test; the watcher reads from a file there how far its time is ahead */
export function createTimeAhead(folder: string): TimeAhead {
  const file = path.join(folder, 'ahead');
  let aheadMs = 0;
  const jump = (milliseconds: number) => {
    aheadMs += milliseconds;
    writeFileSync(file, String(aheadMs));
  };
  jump(0);
  return { environment: { NODE_OPTIONS: `--require ${PRELOAD}`, TEST_AHEAD_FILE: file }, jump };
}
