// Writes the pages that are made from the sources.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { referencePage } = require('../dist/config/reference-page.js');
const { commandsPage } = require('../dist/features/common/reference-page.js');

writeFileSync('docs/configuration.md', referencePage());
writeFileSync('docs/commands.md', commandsPage());
