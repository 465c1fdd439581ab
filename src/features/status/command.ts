import { type CommandDefinition, COMMON_OPTIONS } from '../command/command';

export const STATUS: CommandDefinition = {
  usage: 'Show queue, dead letters, tasks, scaling, failures and alarms of a worker, or of all',
  run: async () => (await import('./status.js')).runStatus,
  options: {
    ...COMMON_OPTIONS,
    worker: { usage: 'Show only this worker (default: all)', type: 'string' },
    watch: {
      usage:
        'Look again every 3 seconds until Ctrl-C: in place on a terminal, or a line for each look with --json',
      type: 'boolean',
    },
  },
  examples: [
    { line: 'sls watchbot status', does: 'all workers, once' },
    { line: 'sls watchbot status --worker tiles --watch', does: 'one, again and again' },
    {
      line: 'sls watchbot status --json',
      does: 'for a program: all that is known, and what could not be read',
    },
  ],
  exitCodes: {
    1: 'not deployed, or nothing could be read. If only a part could not be read, the part says why, and the exit code is 0',
  },
};
