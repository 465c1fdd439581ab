import { ARGUMENTS_MARKER, LISTEN_COMMAND } from '../../contract/image';

/** What is run for each message. */
export interface WorkerCommand {
  program: string;
  arguments: readonly string[];
  /** As the user wrote it, for the log. */
  text: string;
}

const USAGE = `usage: watchbot ${LISTEN_COMMAND} "SHELL LINE" | watchbot ${LISTEN_COMMAND} ${ARGUMENTS_MARKER} PROGRAM [ARGUMENT …]`;

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

/** @throws {Error} with the usage where the container's command is neither form. */
export function parseCommandLine(argv: readonly string[]): WorkerCommand {
  const [command, first, ...rest] = argv;
  const [program, ...programArguments] = rest;
  if (command === LISTEN_COMMAND && first === ARGUMENTS_MARKER && program !== undefined) {
    return { program, arguments: programArguments, text: rest.join(' ') };
  }
  if (command === LISTEN_COMMAND && first !== undefined && first !== ARGUMENTS_MARKER && rest.length === 0) {
    const trap = GOES_ON.test(first) ? END_ON_SIGTERM : OUTLIVE_SIGTERM;
    return { program: '/bin/sh', arguments: ['-c', trap + first], text: first };
  }
  throw new Error(USAGE);
}
