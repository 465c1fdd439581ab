import { clock } from './clock.mjs';
import { disk } from './disk.mjs';
import { files } from './files.mjs';
import { proxy } from './proxy.mjs';
import { sigkill } from './sigkill.mjs';
import { sigterm } from './sigterm.mjs';

/** messageShare: of `--messages`; timeShare: of `--minutes`, beside the others that are run. */
export const SCENARIOS = {
  sigkill: { play: sigkill, messageShare: 1, timeShare: 8 },
  sigterm: { play: sigterm, messageShare: 1, timeShare: 8 },
  proxy: { play: proxy, messageShare: 0.02, timeShare: 8 },
  clock: { play: clock, messageShare: 0.04, timeShare: 4 },
  disk: { play: disk, messageShare: 0.005, timeShare: 3 },
  files: { play: files, messageShare: 0.006, timeShare: 3 },
};
