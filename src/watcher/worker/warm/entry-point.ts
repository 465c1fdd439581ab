import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ENTRY_POINT_FILE } from '../../../contract/image';
import { programCommand, type WorkerCommand } from '../command';

/** What the image itself would start, before the plugin's layer was put over it. */
interface ImageEntryPoint {
  entryPoint: readonly string[];
  command: readonly string[];
}

/**
 * The command that starts a runtime, as the image has it: with the handler in place of its CMD, as in Lambda.
 * @param folder in which the watcher is
 * @param handler `_HANDLER`; absent where the image's own CMD names it
 * @throws {Error} where the image says nothing
 */
export async function imageCommand(folder: string, handler: string | undefined): Promise<WorkerCommand> {
  const file = path.join(folder, ENTRY_POINT_FILE);
  const { entryPoint, command } = JSON.parse(await readFile(file, 'utf8')) as ImageEntryPoint;
  return programCommand([...entryPoint, ...(handler === undefined ? command : [handler])]);
}
