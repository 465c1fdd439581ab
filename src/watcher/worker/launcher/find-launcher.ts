import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { LAUNCHER_FILE, launcherFileOf } from '../../../contract/image';

/** Node's names of processors to those of ECS. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

/**
 * The launcher beside the watcher's own bundle. An image has the one of its architecture; the package has one for each,
 * of which `sls watchbot local` takes the machine's own. Undefined where there is none.
 */
export function findLauncher(
  folder: string,
  { platform, arch }: { platform: string; arch: string },
): string | undefined {
  const architecture = ARCHITECTURES[arch];
  if (platform !== 'linux' || architecture === undefined) return undefined;
  const files = [LAUNCHER_FILE, launcherFileOf(architecture)].map((name) => path.join(folder, name));
  return files.find(isThere);
}

function isThere(file: string): boolean {
  try {
    accessSync(file, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
