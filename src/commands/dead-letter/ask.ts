import type { CommandRun } from '../command';

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

/** A signal that is also given when the terminal is closed; what is then read or written fails, and must not end it all. */
export function whenTerminalCloses({ terminal: { input, output }, signal }: CommandRun) {
  const closed = new AbortController();
  const stop = () => {
    closed.abort();
  };
  input.on('end', stop);
  input.on('error', stop);
  output.on('error', stop);
  return {
    signal: AbortSignal.any([signal, closed.signal]),
    forget: () => {
      input.off('end', stop);
      input.off('error', stop);
      // Not the last: writes that are still under way fail later.
    },
  };
}
