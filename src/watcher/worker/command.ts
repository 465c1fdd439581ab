import { ARGUMENTS_MARKER, HANDLE_COMMAND, LISTEN_COMMAND } from '../../contract/image';

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

/** What the container is to do: run a command for each message, or keep warm workers. */
export type CommandLine =
  | { kind: 'listen'; command: WorkerCommand }
  /** Without a command: what the image itself would have started. */
  | { kind: 'handle'; command: WorkerCommand | undefined };

/**
 * The whole group is told to end, the shell included. Without a trap it would end at once, and with it the exit code of
 * the program that it waits for, which may just be finishing its job. A trap, unlike `trap ''`, is not inherited.
 */
const OUTLIVE_SIGTERM = 'trap : TERM; ';

/**
 * The shell goes on behind a `;`, `|`, `&` or the like after the program before it was ended, and may then end well: a
 * message would be deleted whose job was cut short. Here it ends after the program that it waits for, and not well.
 */
const END_ON_SIGTERM = "trap 'exit 143' TERM; ";

/** `&&` does not go on, and `>&` is no end of a command. In quotes these do no harm: the message just comes again. */
const GOES_ON = /[;|!\n]|(?<![&>])&(?!&)/;

/** @throws {Error} with the usage where the container's command is none of these forms. */
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

function shellCommand(text: string): WorkerCommand {
  const trap = GOES_ON.test(text) ? END_ON_SIGTERM : OUTLIVE_SIGTERM;
  return { program: '/bin/sh', arguments: ['-c', trap + text], text };
}

/** Without a shell. */
export function programCommand([program = '', ...rest]: readonly string[]): WorkerCommand {
  return { program, arguments: rest, text: [program, ...rest].join(' ') };
}
