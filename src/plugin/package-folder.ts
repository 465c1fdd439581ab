import path from 'node:path';
import { textOption } from '../features/common/options';
import type { Serverless } from './framework';

/** In which the framework packages; what `--package` names is a copy of it. */
export const FRAMEWORK_FOLDER = '.serverless';

/** Where the framework has written the package, or where `--package` says that it is. */
export function packageFolder(serverless: Serverless, options: Readonly<Record<string, unknown>>): string {
  return path.resolve(serverless.serviceDir, wantedFolder(serverless, options) ?? FRAMEWORK_FOLDER);
}

/** The framework's own folder is given by any path that ends with its name: it is left where it is. */
function wantedFolder(
  { service }: Serverless,
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const wanted = textOption(options, 'package') ?? service.package.path;
  return wanted?.endsWith(FRAMEWORK_FOLDER) === true ? undefined : wanted;
}
