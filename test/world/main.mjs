// Prints what happens in one world. Usage: npm run world -- (--seed N | --scenario NAME) [--short]
import { build } from 'esbuild';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const outfile = path.resolve('node_modules/.cache/world/print-world.cjs');
mkdirSync(path.dirname(outfile), { recursive: true });
await build({
  entryPoints: ['test/world/print-world.ts'],
  bundle: true,
  platform: 'node',
  outfile,
  sourcemap: 'inline',
  logLevel: 'warning',
});
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
