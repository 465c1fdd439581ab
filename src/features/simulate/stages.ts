import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CommandRun } from '../common/command';

/** Says what is being done, where somebody watches. */
export interface Stages {
  /** A simulation lets nothing else run: this is shown before it, and Ctrl-C heard. */
  begin(what: string): Promise<void>;
  end(): void;
}

/** The framework draws its progress on a pipe too: there it is left out. */
export function createStages({ voice, terminal }: Pick<CommandRun, 'voice' | 'terminal'>): Stages {
  const progress = terminal.error.isTTY === true ? voice.progress.get('watchbot-simulate') : undefined;
  return {
    begin: async (what) => {
      progress?.notice(what);
      await nextTurn();
    },
    end: () => {
      progress?.remove();
    },
  };
}
