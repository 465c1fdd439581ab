import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { completeBundle } from '../../../src/config/complete/image';
import type { WorkerInput } from '../../../src/config/configuration';
import { bundleHandler, type Bundled } from '../../../src/image/bundle/bundle';
import type { MadeFile } from '../../../src/image/context';

export function putFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/** As the keys of a worker say it. */
const bundleOf = (handler: string, bundle?: WorkerInput['bundle']) =>
  completeBundle({ handler, bundle } as WorkerInput)!;

export const bundled = (
  serviceFolder: string,
  handler: string,
  bundle?: WorkerInput['bundle'],
): Promise<Bundled> =>
  bundleHandler({
    bundle: bundleOf(handler, bundle),
    worker: 'watchbot',
    serviceFolder,
    // This machine's own.
    nodeMajor: Number(process.versions.node.split('.')[0]),
  });

export const textOf = (files: readonly MadeFile[], ending: string) =>
  Buffer.from(files.find((file) => file.path.endsWith(ending))?.content ?? []).toString();

/** What the handler of a bundle gives in a process of its own, or its error as Node shows it. */
export function call({ files }: Bundled, folder: string, exported = 'handler'): string {
  putFiles(
    folder,
    Object.fromEntries(files.map((file) => [file.path, Buffer.from(file.content).toString()])),
  );
  const file = files.find((each) => !each.path.endsWith('.map'))!.path;
  const url = pathToFileURL(path.join(folder, file)).href;
  const script = `import(${JSON.stringify(url)}).then((all) => all[${JSON.stringify(exported)}]()).then(
    (answer) => console.log(JSON.stringify(answer)), (error) => console.log(error.stack))`;
  return execFileSync(process.execPath, ['--enable-source-maps', '-e', script], { encoding: 'utf8' }).trim();
}
