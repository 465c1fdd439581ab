import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ENTRY_POINT_FILE } from '../../../contract/image';
import { programCommand, type WorkerCommand } from '../command';

/** What the image itself would start, before the plugin's layer was put over it. */
interface ImageEntryPoint {
  entryPoint: readonly string[];
  command: readonly string[];
}

export interface ImageCommand {
  command: WorkerCommand;
  /** `_HANDLER`. */
  handler: string;
}

/**
 * The command that starts a runtime, as the image has it: with the handler in place of its CMD, as in Lambda.
 * @param folder in which the watcher is
 * @param handler absent where the image's own CMD names it, in its last word
 * @throws {Error} where the image says nothing
 */
export async function imageCommand(folder: string, handler: string | undefined): Promise<ImageCommand> {
  const file = path.join(folder, ENTRY_POINT_FILE);
  const { entryPoint, command } = JSON.parse(await readFile(file, 'utf8')) as ImageEntryPoint;
  const words = [...entryPoint, ...(handler === undefined ? command : [handler])];
  return { command: programCommand(words), handler: handler ?? words.at(-1) ?? '' };
}
