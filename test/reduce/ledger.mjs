import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import { own } from '../chaos/owned.mjs';

const TICK_MS = 50;

/** A file in which workers record what they do. Time lines come in between: see judge.mjs. */
export function openLedger(file) {
  writeFileSync(file, '');
  const append = (...words) => appendFileSync(file, `${words.join(' ')}\n`);
  const tick = () => append('time', Math.round(performance.now()));
  const ticks = setInterval(tick, TICK_MS);
  return {
    file,
    write: (...words) => {
      tick();
      append(...words);
    },
    read: () => readFileSync(file, 'utf8'),
    /** Ends the ledger with a last time line. */
    end: own(() => {
      clearInterval(ticks);
      tick();
      return Promise.resolve();
    }),
  };
}
