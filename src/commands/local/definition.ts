import type { CommandDefinition } from '../command';
import { PORT_OPTION } from '../common-options';

export const LOCAL: CommandDefinition = {
  usage: 'Run the packaged service on this machine, against an embedded emulator of SQS and SNS',
  lifecycleEvents: ['run'],
  options: {
    port: PORT_OPTION,
    worker: { usage: 'Run only this worker (default: all)', type: 'string' },
    messages: {
      usage: 'Send each line of this file, end when all are settled, and say what became of each',
      type: 'string',
    },
    timeout: {
      usage: 'With --messages: seconds within which all must be settled (default: 300)',
      type: 'string',
    },
  },
};
