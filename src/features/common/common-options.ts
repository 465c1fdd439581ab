import type { CommandOption } from './command';

export const WORKER_OPTION: CommandOption = {
  usage: 'Name of the worker; needed where the service has several',
  type: 'string',
};

/** `--port` where it is not given. */
export const DEFAULT_PORT = 9424;

export const PORT_OPTION: CommandOption = {
  usage: `Port of the local emulator (default: ${DEFAULT_PORT})`,
  type: 'string',
};

export const LOCAL_OPTION: CommandOption = {
  usage: 'At `sls watchbot local` rather than in AWS',
  type: 'boolean',
};

export const JSON_OPTION: CommandOption = { usage: 'Print the result as JSON', type: 'boolean' };

export const YES_OPTION: CommandOption = { usage: 'Do not ask', type: 'boolean' };

/** Of every command but `local`. */
export const COMMON_OPTIONS = {
  worker: WORKER_OPTION,
  local: LOCAL_OPTION,
  port: PORT_OPTION,
  json: JSON_OPTION,
} as const;
