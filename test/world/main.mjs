// Shows one world as it happened. Usage: npm run world -- (--seed N | --scenario NAME) [--quiet]
import { loadTypeScript } from '../../tools/load-typescript.mjs';

await loadTypeScript('test/world/tell.ts');
