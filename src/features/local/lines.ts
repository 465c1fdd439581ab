import type { Colours } from '../command/terminal-text';
import { describeLine } from './text';

type Reader = (line: string, worker: string) => void;

/** Hands the watchers' lines to the screen, and to whoever follows them. */
export interface LineFan {
  onLine: (worker: string, line: string) => void;
  follow: (reader: Reader) => void;
  /**
   * From now on nothing is shown: watchers only say that they end, and the result is to be the last thing on the
   * screen.
   */
  hide: () => void;
}

export function createLineFan(
  writeText: (text: string) => void,
  { colours, isNamed }: { colours: Colours; isNamed: boolean },
): LineFan {
  const readers: Reader[] = [];
  let isHidden = false;
  const show = (worker: string, line: string) => {
    const shown = describeLine(line, colours);
    writeText(isNamed ? `${worker} | ${shown}` : shown);
  };
  return {
    onLine: (worker, line) => {
      if (!isHidden) show(worker, line);
      readers.forEach((read) => {
        read(line, worker);
      });
    },
    follow: (reader) => void readers.push(reader),
    hide: () => {
      isHidden = true;
    },
  };
}
