import { clock } from './clock.mjs';
import { disk } from './disk.mjs';
import { fifo } from './fifo.mjs';
import { files } from './files.mjs';
import { ids } from './ids.mjs';
import { memory } from './memory.mjs';
import { mixed } from './mixed.mjs';
import { proxy } from './proxy.mjs';
import { sigkill } from './sigkill.mjs';
import { sigterm } from './sigterm.mjs';

/**
 * messageShare: share of `--messages`, but at least leastMessages. timeShare: share of the remaining time, relative to
 * the scenarios after it. queue: options for the queue. The two that take as much time as they get are the last.
 */
export const SCENARIOS = {
  files: { play: files, messageShare: 0.006, timeShare: 3 },
  disk: { play: disk, messageShare: 0.005, timeShare: 3 },
  ids: { play: ids, messageShare: 0.006, leastMessages: 60, timeShare: 5 },
  memory: { play: memory, messageShare: 0.006, leastMessages: 60, timeShare: 5 },
  clock: { play: clock, messageShare: 0.04, timeShare: 4 },
  proxy: { play: proxy, messageShare: 0.02, timeShare: 16 },
  fifo: { play: fifo, messageShare: 0.025, leastMessages: 150, timeShare: 5, queue: () => ({ groups: 24 }) },
  mixed: {
    ...{ play: mixed, messageShare: 0.15, leastMessages: 200, timeShare: 16 },
    queue: (isShort) => ({ maxReceives: isShort ? 3 : 4 }),
  },
  sigkill: { play: sigkill, messageShare: 1, timeShare: 10 },
  sigterm: { play: sigterm, messageShare: 1, timeShare: 10 },
};
