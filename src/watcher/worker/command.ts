import { ARGUMENTS_MARKER, LISTEN_COMMAND } from '../../contract/image';

/** What is run for each message. */
export interface WorkerCommand {
  program: string;
  arguments: readonly string[];
  /** As the user wrote it, for the log. */
  text: string;
}

const USAGE = `usage: watchbot ${LISTEN_COMMAND} "SHELL LINE" | watchbot ${LISTEN_COMMAND} ${ARGUMENTS_MARKER} PROGRAM [ARGUMENT …]`;

/** @throws {Error} with the usage where the container's command is neither form. */
export function parseCommandLine(argv: readonly string[]): WorkerCommand {
  const [command, first, ...rest] = argv;
  const [program, ...programArguments] = rest;
  if (command === LISTEN_COMMAND && first === ARGUMENTS_MARKER && program !== undefined) {
    return { program, arguments: programArguments, text: rest.join(' ') };
  }
  if (command === LISTEN_COMMAND && first !== undefined && first !== ARGUMENTS_MARKER && rest.length === 0) {
    return { program: '/bin/sh', arguments: ['-c', first], text: first };
  }
  throw new Error(USAGE);
}
