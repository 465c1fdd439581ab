import type { Configuration } from '../../config/configuration';
import type { Clock } from '../../shared/clock';
import type { Target } from '../stack/target';

/** What a command declares of itself: for the framework, for its help, and for the page of all commands. */
export interface CommandDefinition {
  usage: string;
  /** Loads what the command does. `local` has none, since the plugin runs it; nor has a word before other commands. */
  run?: () => Promise<RunCommand>;
  /** What words behind its name are called, like `MESSAGE`. Undefined: it takes none. */
  words?: string;
  options?: Readonly<Record<string, CommandOption>>;
  /** For the page and `--help`: what a user would type, and what it does. */
  examples?: readonly CommandExample[];
  /** For the page: what an exit code means, besides 0 and the 1 of an error. */
  exitCodes?: Readonly<Record<number, string>>;
  /** For the page: paragraphs of Markdown below the usage. */
  notes?: readonly string[];
  /** The commands before which this one is only a word. */
  commands?: Readonly<Record<string, CommandDefinition>>;
}

export interface CommandExample {
  /** `sls watchbot …` */
  line: string;
  does: string;
}

export interface CommandOption {
  usage: string;
  type: 'string' | 'boolean' | 'multiple';
  shortcut?: string;
}

/** `--port` if it is not given. */
export const DEFAULT_PORT = 9424;

export const PORT_OPTION: CommandOption = {
  usage: `Port of the local emulator (default: ${DEFAULT_PORT})`,
  type: 'string',
};

/** Of every command but `local`. */
export const COMMON_OPTIONS = {
  worker: { usage: 'Name of the worker; needed if the service has several', type: 'string' },
  local: { usage: 'At `sls watchbot local` rather than in AWS', type: 'boolean' },
  port: {
    usage: `Port of the local emulator (default: of the run in this folder, else ${DEFAULT_PORT})`,
    type: 'string',
  },
  json: { usage: 'Print the result as JSON', type: 'boolean' },
} as const satisfies Readonly<Record<string, CommandOption>>;

/**
 * Runs a command. Resolves with its exit code, 0 if there is none.
 * @throws {UserError} for whatever the user or the world got wrong: exit code 1
 */
type RunCommand = (run: CommandRun) => Promise<number | void>;

/** One call of a command. */
export interface CommandRun {
  /** The words behind the command's own name. */
  words: readonly string[];
  options: Options;
  /** A text in which each command line between backticks begins as the framework was started, and means the same place. */
  asStarted: (text: string) => string;
  configuration: Configuration;
  /** The folder of serverless.yml, to which names of files are relative. */
  serviceFolder: string;
  target: Target;
  terminal: Terminal;
  voice: Voice;
  clock: Clock;
  random: () => number;
  /** Given at Ctrl-C or SIGTERM: the command releases what it holds, and says how far it came. */
  signal: AbortSignal;
}

/** Options by name, as the command's definition declares them. */
export type Options = Readonly<Record<string, unknown>>;

/** What a command speaks with: the framework's own log and progress. */
export interface Voice {
  /** To standard output, with a line end: results, for people or machines. */
  writeText: (text: string) => void;
  /** To standard error: what happens meanwhile. */
  log: {
    notice(text: string): void;
    warning(text: string): void;
    error(text: string): void;
    /** With --verbose only. */
    info(text: string): void;
  };
  progress: { get(name: string): { notice(text: string): void; remove(): void } };
}

/** The process, as far as a command may see it. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
  /** For progress bars and questions, which only a terminal shows. */
  error: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  environment: Readonly<Record<string, string | undefined>>;
}

/** Exit code after Ctrl-C, as shells have it. */
export const INTERRUPTED = 130;
