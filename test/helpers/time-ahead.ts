import { writeFileSync } from 'node:fs';
import path from 'node:path';

const PRELOAD = path.resolve(__dirname, '../fixtures/preloads/time-ahead.cjs');

/** Time of a watcher that can be made to pass at once. */
export interface TimeAhead {
  /** For the watcher. A worker that is a Node program has it, too. */
  environment: Record<string, string>;
  jump(milliseconds: number): void;
}

/** @param folder of the test's own, where the watcher sees how far its time is ahead */
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
