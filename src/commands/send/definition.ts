import type { CommandDefinition } from '../command';
import { COMMON_OPTIONS } from '../common-options';

export const SEND: CommandDefinition = {
  usage: 'Send a message: sls watchbot send \'{"z":1}\', or from standard input',
  lifecycleEvents: ['run'],
  options: {
    ...COMMON_OPTIONS,
    subject: { usage: 'Subject of the message', type: 'string' },
    group: { usage: 'Message group: needed for a FIFO queue', type: 'string' },
  },
};
