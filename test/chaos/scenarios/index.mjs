import { clock } from './clock.mjs';
import { proxy } from './proxy.mjs';
import { sigkill } from './sigkill.mjs';
import { sigterm } from './sigterm.mjs';

/** messageShare: of `--messages`; timeShare: of `--minutes`, beside the others that are run. */
export const SCENARIOS = {
  sigkill: { play: sigkill, messageShare: 1, timeShare: 8 },
  sigterm: { play: sigterm, messageShare: 1, timeShare: 8 },
  proxy: { play: proxy, messageShare: 0.02, timeShare: 8 },
  clock: { play: clock, messageShare: 0.04, timeShare: 4 },
};
