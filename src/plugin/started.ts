import type { CommandRun, Options } from '../features/command/command';
import { asStarted, asTyped, programOf } from '../features/command/hints';

/** What was typed to start the framework, as hints to paste begin. */
export const startedProgram = (): string =>
  programOf({ script: process.argv[1] ?? '', folder: process.cwd(), environment: process.env });

/** What puts that, and the options, into command lines of texts. */
export const hintsFor =
  (options: Options): CommandRun['asStarted'] =>
  (text) =>
    asStarted(text, { program: startedProgram(), options: asTyped(process.argv.slice(2), options) });
