import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isInS3 } from '../config/environment-file';
import { isMap } from '../shared/json';

/**
 * The texts of the local files that the section names under `container.environmentFiles`, by their names there. One that
 * cannot be read has none: a rule says so, beside all else that is wrong.
 */
export async function readEnvironmentFiles(
  section: unknown,
  serviceFolder: string,
): Promise<Record<string, string>> {
  const { workers } = mapIn(section);
  const files = [section, ...Object.values(mapIn(workers))].flatMap((worker) => {
    const { environmentFiles } = mapIn(mapIn(worker).container);
    return Array.isArray(environmentFiles) ? (environmentFiles as unknown[]) : [environmentFiles];
  });
  const local = new Set(files.filter((file) => typeof file === 'string').filter((file) => !isInS3(file)));
  const texts = await Promise.all(
    [...local].map(async (file) => {
      const text = await readFile(path.resolve(serviceFolder, file), 'utf8').catch(() => undefined);
      return text === undefined ? [] : [[file, text] as const];
    }),
  );
  return Object.fromEntries(texts.flat());
}

const mapIn = (value: unknown): Record<string, unknown> => (isMap(value) ? value : {});
