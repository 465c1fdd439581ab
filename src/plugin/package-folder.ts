import path from 'node:path';
import { textOption } from './command-options';
import type { Serverless } from './framework';

/** Where the framework has written the package, or where `--package` says that it is. */
export function packageFolder(
  { serviceDir, service }: Serverless,
  options: Readonly<Record<string, unknown>>,
): string {
  return path.resolve(serviceDir, textOption(options, 'package') ?? service.package.path ?? '.serverless');
}
