import type { Configuration } from '../../config/configuration';
import type { Target } from './target';

/** A command as the framework describes it. */
export interface CommandDefinition {
  usage: string;
  lifecycleEvents?: readonly string[];
  options?: Readonly<Record<string, CommandOption>>;
  /** Of the page and of `--help`: what a user would type, and what it does. */
  examples?: readonly CommandExample[];
  /** Of the page: what an exit code means, beside 0 and the 1 of an error. */
  exitCodes?: Readonly<Record<number, string>>;
  /** Of the page: paragraphs of Markdown below the usage. */
  notes?: readonly string[];
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

/** Options by name, as the framework gives them. */
export type Options = Readonly<Record<string, unknown>>;

/** What a command has to speak with: the framework's own log and progress. */
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
  /** For colours and bars; neither is shown where it is no terminal. */
  error: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  environment: Readonly<Record<string, string | undefined>>;
}

/** One call of a command. */
export interface CommandRun {
  /** The words behind the command's own name. */
  words: readonly string[];
  options: Options;
  configuration: Configuration;
  /** The folder of serverless.yml, from which files are named. */
  serviceFolder: string;
  target: Target;
  terminal: Terminal;
  voice: Voice;
  /** Given at Ctrl-C or SIGTERM: what is held is released, and how far it came is said. */
  signal: AbortSignal;
}

/**
 * Does a command. Gives its exit code, 0 unless given.
 * @throws {UserError} for whatever the user or the world got wrong: exit code 1
 */
export type RunCommand = (run: CommandRun) => Promise<number | void>;
