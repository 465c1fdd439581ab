import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { COMMANDS_FOLDER, PROGRESS_FILE } from '../../contract/image';
import { PROGRESS_COMMAND } from '../../contract/progress';

/** The commands that an image has on its workers' PATH, run by the Node that runs this. Gives their folder. */
export async function writeCommands(
  scratchFolder: string,
  layerFolder: string,
  node = process.execPath,
): Promise<string> {
  const folder = path.join(scratchFolder, COMMANDS_FOLDER);
  await mkdir(folder);
  const file = path.join(layerFolder, PROGRESS_FILE);
  const script = `#!/bin/sh\nexec ${quoted(node)} ${quoted(file)} "$@"\n`;
  await writeFile(path.join(folder, PROGRESS_COMMAND), script, { mode: 0o755 });
  return folder;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
