import { createColors } from 'picocolors';
import type { Terminal } from './command';

export type Colours = ReturnType<typeof createColors>;

/** Colours for a stream: none where it is no terminal, or the user wants none (https://no-color.org). */
export function coloursFor(
  stream: { isTTY?: boolean },
  { NO_COLOR = '', TERM }: Terminal['environment'],
): Colours {
  return createColors(stream.isTTY === true && NO_COLOR === '' && TERM !== 'dumb');
}
