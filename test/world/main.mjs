// Prints what happens in one world. Usage: npm run world -- (--seed N | --scenario NAME) [--short]
import { loadTypeScript } from '../../tools/load-typescript.mjs';

await loadTypeScript('test/world/print-world.ts');
