import { escapeHidden, escapeHiddenLines } from '../../contract/escape';
import type { Voice } from './command';

/** Makes control characters visible, as JSON writes them: for a terminal, which they must not drive. */
export const visibleControls = escapeHidden;

/** The same for a text of several lines, which it stays. */
export const visibleLines = escapeHiddenLines;

/** Colours, as the commands put them around what they have made visible. */
// eslint-disable-next-line no-control-regex -- finding them is the point
const COLOURS = /(\u001b\[[\d;]*m)/;

/** A whole output: its lines and its colours stay. */
export function visibleOutput(text: string): string {
  return text
    .split(COLOURS)
    .map((part, index) => (index % 2 === 1 ? part : visibleLines(part)))
    .join('');
}

/** A voice that says nothing that cannot be seen, wherever in the commands or in AWS its words are from. */
export function visibleVoice({ writeText, log, progress }: Voice): Voice {
  return {
    writeText: (text) => {
      writeText(visibleOutput(text));
    },
    log: {
      notice: (text) => {
        log.notice(visibleOutput(text));
      },
      warning: (text) => {
        log.warning(visibleOutput(text));
      },
      error: (text) => {
        log.error(visibleOutput(text));
      },
      info: (text) => {
        log.info(visibleOutput(text));
      },
    },
    progress,
  };
}
