// Writes the pages that are made from the sources.
import { writeFileSync } from 'node:fs';
import { loadTypeScript } from './load-typescript.mjs';

const { referencePage } = await loadTypeScript('tools/pages/configuration.ts');
const { commandsPage } = await loadTypeScript('tools/pages/commands.ts');

writeFileSync('docs/configuration.md', referencePage());
writeFileSync('docs/commands.md', commandsPage());
