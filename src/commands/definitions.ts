import type { CommandDefinition, RunCommand } from './command';
import { LOCAL } from './local/definition';
import { LOGS } from './logs/definition';
import { SEND } from './send/definition';

/** What stands behind `sls watchbot`. This file is loaded by every command of the framework: it holds texts only. */
export const COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  local: LOCAL,
  send: SEND,
  logs: LOGS,
};

/** Commands behind whose names words may stand, with what those are called. */
export const TAKES_WORDS: Readonly<Record<string, string>> = {
  send: 'MESSAGE',
};

/** What each command does, by its name; each is loaded when it runs. `local` is the plugin's own: it packages. */
export const RUNS: Readonly<Record<string, () => Promise<RunCommand>>> = {
  send: async () => (await import('./send/run.js')).runSend,
  logs: async () => (await import('./logs/run.js')).runLogs,
};
