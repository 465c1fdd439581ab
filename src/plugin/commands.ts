import type { Command } from './framework';

const WORKER_OPTION = {
  usage: 'Name of the worker; needed where the service has several',
  type: 'string',
} as const;

const PORT_OPTION = { usage: 'Port of the local emulator (default: 9424)', type: 'string' } as const;

/** `--port` where it is not given. */
export const DEFAULT_PORT = 9424;

const LOCAL: Command = {
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

const SEND: Command = {
  usage: 'Send a message: sls watchbot send \'{"z":1}\', or from standard input',
  lifecycleEvents: ['run'],
  options: {
    local: { usage: 'To `sls watchbot local` rather than to AWS', type: 'boolean' },
    port: PORT_OPTION,
    worker: WORKER_OPTION,
    subject: { usage: 'Subject of the message', type: 'string' },
    group: { usage: 'Message group: needed for a FIFO queue', type: 'string' },
    json: { usage: 'Print the result as JSON', type: 'boolean' },
  },
};

export type CommandName = 'local' | 'send';

/**
 * The commands, for the framework. It takes every word before the first option as a part of the command's name, so the
 * words behind `send` are declared as commands of that name: without it, the framework would not find the command.
 * @param words the words of the command line
 */
export function commandsFor(words: readonly string[]): Record<string, Command> {
  const send = isSend(words) ? withArguments(SEND, words.slice(2)) : SEND;
  return {
    watchbot: {
      usage: 'Run a worker for every message of a queue',
      commands: { local: LOCAL, send },
    },
  };
}

/** The lifecycle event at which a command runs. */
export function eventOf(name: CommandName, words: readonly string[]): string {
  const path = name === 'send' && isSend(words) ? words : ['watchbot', name];
  return [...path, 'run'].join(':');
}

/** What was given to `send` on the command line. */
export function argumentsOf(words: readonly string[]): readonly string[] {
  return words.slice(2);
}

function isSend([first, second]: readonly string[]): boolean {
  return first === 'watchbot' && second === 'send';
}

function withArguments(command: Command, [word, ...rest]: readonly string[]): Command {
  if (word === undefined) return command;
  return { ...command, commands: { [word]: withArguments(command, rest) } };
}
