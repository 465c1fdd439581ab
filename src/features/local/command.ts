import { PORT_OPTION, type CommandDefinition } from '../command/command';

export const LOCAL: CommandDefinition = {
  usage: 'Run the packaged service on this machine, against an embedded emulator of SQS and SNS',
  options: {
    port: PORT_OPTION,
    worker: { usage: 'Run only this worker (default: all)', type: 'string' },
    messages: {
      usage: 'Send each line of this file, end when all are settled, and say what became of each message',
      type: 'string',
    },
    timeout: {
      usage:
        'With --messages: how long until all must be settled: 60s, 10m; a number alone counts seconds (default: 5m)',
      type: 'string',
    },
  },
  examples: [
    { line: 'sls watchbot local', does: 'stays up until Ctrl-C; `sls watchbot send … --local` sends to it' },
    { line: 'sls watchbot local --port 0', does: 'at any port that is free, and says which' },
    {
      line: 'sls watchbot local --messages messages.jsonl --timeout 60s',
      does: 'ends when all lines are settled: good in a CI',
    },
  ],
  notes: [
    'Its log is kept in `.serverless/watchbot/local/` until the next run: `sls watchbot logs --local` shows it. At the first Ctrl-C workers are told to stop, and their messages go back to the queue; the second kills them.',
  ],
};
