import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import { own } from '../chaos/owned.mjs';

const TICK_MS = 50;

/** What workers have done, by their own word, with the time between their lines: see judge.mjs. */
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
    /** The last word is the time. */
    end: own(() => {
      clearInterval(ticks);
      tick();
      return Promise.resolve();
    }),
  };
}
