import { RuntimeVariable } from '../../contract/environment';
import { ARGUMENTS_MARKER, IMAGE_FOLDER, RUNTIME_COMMAND, RUNTIME_FILE } from '../../contract/image';

/** What stands here for what a handler finds in its image. */
export interface LocalHandler {
  /** The folder of its code. */
  folder: string;
  /** The plugin's own client of the Runtime API. */
  runtimeFile: string;
  /** The developer's own Node. */
  nodeProgram: string;
}

/** The container's command, with what is in an image only replaced by what is on this machine. */
export function localCommand(
  command: readonly string[],
  { runtimeFile, nodeProgram }: LocalHandler,
): readonly string[] {
  const [node] = RUNTIME_COMMAND;
  return command.map((word, index) => {
    if (word === `${IMAGE_FOLDER}/${RUNTIME_FILE}`) return runtimeFile;
    return word === node && command[index - 1] === ARGUMENTS_MARKER ? nodeProgram : word;
  });
}

export const handlerVariables = ({ folder }: LocalHandler): Record<string, string> => ({
  [RuntimeVariable.taskRoot]: folder,
});
