import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ARGUMENTS_MARKER, ENTRY_POINT_FILE, HANDLE_COMMAND, LISTEN_COMMAND } from '../../contract/image';

/** What is run for each message. */
export interface WorkerCommand {
  program: string;
  arguments: readonly string[];
  /** As the user wrote it, for the log. */
  text: string;
}

const USAGE = [
  `usage: watchbot ${LISTEN_COMMAND} "SHELL LINE"`,
  `watchbot ${LISTEN_COMMAND} ${ARGUMENTS_MARKER} PROGRAM [ARGUMENT …]`,
  `watchbot ${HANDLE_COMMAND} [${ARGUMENTS_MARKER} PROGRAM [ARGUMENT …]]`,
].join(' | ');

/** What the container does: it runs a command for each message, or keeps warm workers. */
export type CommandLine =
  | { kind: 'listen'; command: WorkerCommand }
  /** Without a command, the worker is what the image itself would have started. */
  | { kind: 'handle'; command: WorkerCommand | undefined };

/** @throws {Error} with the usage, if the container's command has none of these forms */
export function parseCommandLine([verb, ...words]: readonly string[]): CommandLine {
  const command = programOf(words);
  if (verb === HANDLE_COMMAND && (command !== undefined || words.length === 0))
    return { kind: verb, command };
  const listened = command ?? shellLineOf(words);
  if (verb === LISTEN_COMMAND && listened !== undefined) return { kind: verb, command: listened };
  throw new Error(USAGE);
}

function programOf([marker, ...words]: readonly string[]): WorkerCommand | undefined {
  return marker === ARGUMENTS_MARKER && words.length > 0 ? programCommand(words) : undefined;
}

function shellLineOf([line, ...others]: readonly string[]): WorkerCommand | undefined {
  const isLine = line !== undefined && line !== ARGUMENTS_MARKER && others.length === 0;
  return isLine ? shellCommand(line) : undefined;
}

/**
 * Nothing is put before the line. A shell that is told to end does so at once, wherever it is in the line, and so never goes
 * on to exit with 0. What it has started still has its time, since a job is over only when all its processes are.
 */
function shellCommand(text: string): WorkerCommand {
  return { program: '/bin/sh', arguments: ['-c', text], text };
}

/** A program that runs without a shell. */
export function programCommand([program = '', ...rest]: readonly string[]): WorkerCommand {
  return { program, arguments: rest, text: [program, ...rest].join(' ') };
}

/** What the image itself would start, if it had no layer of the plugin. */
interface ImageEntryPoint {
  entryPoint: readonly string[];
  command: readonly string[];
}

export interface ImageCommand {
  command: WorkerCommand;
  /** The value of `_HANDLER`. */
  handler: string;
}

/**
 * The image's command to start a runtime, with the handler in place of its CMD, as in Lambda.
 * @param folder where the watcher is
 * @param handler absent if the last word of the image's CMD names it
 * @throws {Error} if the image does not say
 */
export async function imageCommand(folder: string, handler: string | undefined): Promise<ImageCommand> {
  const file = path.join(folder, ENTRY_POINT_FILE);
  const { entryPoint, command } = JSON.parse(await readFile(file, 'utf8')) as ImageEntryPoint;
  const words = [...entryPoint, ...(handler === undefined ? command : [handler])];
  return { command: programCommand(words), handler: handler ?? words.at(-1) ?? '' };
}
