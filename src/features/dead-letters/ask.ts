import { PassThrough } from 'node:stream';
import type { CommandRun } from '../command/command';

export type Answer = 'replay' | 'delete' | 'skip' | 'logs' | 'stop';

const CHOICES: readonly { value: Answer; name: string }[] = [
  { value: 'skip', name: 'skip     leave it, and give it back at once' },
  { value: 'replay', name: 'replay   put it back into the work queue' },
  { value: 'delete', name: 'delete   for good' },
  { value: 'logs', name: 'logs     show all that the log says of it' },
  { value: 'stop', name: 'stop     give it back and end' },
];

/** Asks what to do with a message; a Ctrl-C, or a terminal that is gone, is a stop. */
export async function ask({ terminal, signal }: CommandRun, hasLog: boolean): Promise<Answer> {
  const { default: select } = await import('@inquirer/select');
  const possible = CHOICES.filter(({ value }) => hasLog || value !== 'logs');
  const choices = possible.map((choice) => ({ ...choice, short: choice.value }));
  const { input, output } = terminal;
  try {
    return await select({ message: 'What to do with it?', choices, loop: false }, { input, output, signal });
  } catch (error) {
    if (!ENDS.includes((error as Error).name)) throw error;
    return 'stop';
  }
}

const ENDS = ['ExitPromptError', 'AbortPromptError'];

/** The keys of a terminal that may be closed at any moment. */
export interface Keys {
  input: PassThrough;
  /** Given when the command is told to stop, and when the terminal is closed. */
  signal: AbortSignal;
  forget: () => void;
}

type RawInput = CommandRun['terminal']['input'] & { setRawMode?: (isRaw: boolean) => unknown };

/**
 * What is read from a closed terminal, written to it, or set on it fails, and must not end the process before all that
 * is held is released. A prompt would let it: so it gets the keys, but not the terminal itself.
 */
export function openKeys({ terminal: { input, output }, signal }: CommandRun): Keys {
  const closed = new AbortController();
  const stop = () => {
    closed.abort();
  };
  const raw = input as RawInput;
  const keys = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => raw.setRawMode?.(isRaw),
  });
  input.on('end', stop);
  // Listeners that stay: what is under way when it is closed fails later.
  input.on('error', stop);
  output.on('error', stop);
  input.pipe(keys);
  return {
    input: keys,
    signal: AbortSignal.any([signal, closed.signal]),
    forget: () => {
      input.off('end', stop);
      input.unpipe(keys);
      input.pause();
    },
  };
}
