// Leaves the declarations that users' programs can reach, of those that tsc writes for every file.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

export function keepReachable(folder, entry) {
  const reached = reachedFrom(path.join(folder, entry));
  const all = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.d.ts'));
  for (const file of all.map((name) => path.join(folder, name))) {
    if (!reached.has(file)) rmSync(file);
  }
}

function reachedFrom(file, reached = new Set()) {
  if (reached.has(file)) return reached;
  reached.add(file);
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/ from '(\.[^']*)'/g)) {
    reachedFrom(path.join(path.dirname(file), `${target}.d.ts`), reached);
  }
  return reached;
}
