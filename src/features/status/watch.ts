import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../errors/user-error';
import type { Terminal } from '../command/command';
import { visibleOutput } from '../command/terminal-text';

/** Does it again and again until the signal. */
export async function everySeconds(
  seconds: number,
  signal: AbortSignal,
  run: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await run();
    await delay(seconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

/** https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const END_OF_LINE = '\u001b[K';
const END_OF_SCREEN = '\u001b[J';

const DEFAULT_ROWS = 24;

/**
 * Shows a text on a screen of its own, and anew every few seconds. What was there before is there again afterwards, with
 * the last text below it.
 */
export async function inPlace(
  { output }: Terminal,
  { seconds, signal, show }: { seconds: number; signal: AbortSignal; show: () => Promise<string> },
): Promise<void> {
  // The first look fails as it would without --watch.
  let text = visibleOutput(await show());
  output.write(ENTER);
  try {
    let isFirst = true;
    await everySeconds(seconds, signal, async () => {
      const note = isFirst ? '' : await renew();
      isFirst = false;
      output.write(frame(note === '' ? text : `${note}\n\n${text}`, output.rows ?? DEFAULT_ROWS));
    });
  } finally {
    output.write(`${LEAVE}${text}\n`);
  }

  /** One look that fails, since the network is away, does not end it: the last one stays. */
  async function renew(): Promise<string> {
    try {
      text = visibleOutput(await show());
      return '';
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.message;
    }
  }
}

/** As much of the text as there is room for. */
function frame(text: string, rows: number): string {
  const lines = [...text.split('\n'), '', 'Ctrl-C ends.'];
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), '…'];
  return HOME + shown.map((line) => line + END_OF_LINE).join('\n') + END_OF_SCREEN;
}
