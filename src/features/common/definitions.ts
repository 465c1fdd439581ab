import type { CommandDefinition, RunCommand } from './command';
import { DEAD_LETTER } from '../dead-letters/definition';
import { LOCAL } from '../local/definition';
import { LOGS } from '../logs/definition';
import { SEND } from '../send/definition';
import { SIMULATE } from '../simulate/command';
import { STATUS } from '../status/definition';

/** What stands behind `sls watchbot`. This file is loaded by every command of the framework: it holds texts only. */
export const COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  local: LOCAL,
  send: SEND,
  logs: LOGS,
  status: STATUS,
  'dead-letter': DEAD_LETTER,
  simulate: SIMULATE,
};

/** Commands behind whose names words may stand, with what those are called. */
export const TAKES_WORDS: Readonly<Record<string, string>> = {
  send: 'MESSAGE',
  'dead-letter show': 'ID…',
  'dead-letter replay': 'ID…',
  'dead-letter delete': 'ID…',
};

/** What each command does, by its name; each is loaded when it runs. `local` is the plugin's own: it packages. */
export const RUNS: Readonly<Record<string, () => Promise<RunCommand>>> = {
  send: async () => (await import('../send/run.js')).runSend,
  logs: async () => (await import('../logs/run.js')).runLogs,
  status: async () => (await import('../status/run.js')).runStatus,
  'dead-letter list': async () => (await import('../dead-letters/list.js')).runList,
  'dead-letter show': async () => (await import('../dead-letters/show.js')).runShow,
  'dead-letter replay': async () => (await import('../dead-letters/replay-command.js')).runReplay,
  'dead-letter delete': async () => (await import('../dead-letters/delete-command.js')).runDelete,
  'dead-letter triage': async () => (await import('../dead-letters/triage.js')).runTriage,
  'dead-letter purge': async () => (await import('../dead-letters/purge-command.js')).runPurge,
  simulate: async () => (await import('../simulate/simulate.js')).runSimulate,
};
