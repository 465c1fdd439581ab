// Source maps of what is built, for those who measure coverage. They are put aside: what is published is the same with
// them and without.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The folder to which they go, each under the path of its file. Undefined: none are wanted. */
export const MAPS_FOLDER = process.env.WATCHBOT_SOURCE_MAPS;

/** Of files that end with a comment that leads to their map. */
export function putMapsAside(folder) {
  for (const name of readdirSync(folder, { recursive: true }).filter((each) => /\.m?js\.map$/.test(each))) {
    const aside = path.join(MAPS_FOLDER, name);
    mkdirSync(path.dirname(aside), { recursive: true });
    renameSync(path.join(folder, name), aside);
    const file = path.join(folder, name.replace(/\.map$/, ''));
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, ''));
  }
}
