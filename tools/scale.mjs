// Writes the simulator's figures into docs/scale.md, by the command that stands there; it takes some minutes.
// Usage: npm run build && node tools/scale.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PAGE = 'docs/scale.md';
const FIGURES = /(<!-- figures: .* -->\n)[^]*(<!-- figures end -->)/;
const SERVICE = `service: scale
provider: { name: aws }
plugins: [serverless-watchbot]
watchbot: { command: work, concurrency: 4 }
`;

const page = readFileSync(PAGE, 'utf8');
const [, command] = /^sls (watchbot simulate .+)$/m.exec(page);
const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-scale-'));
writeFileSync(path.join(folder, 'serverless.yml'), SERVICE);
mkdirSync(path.join(folder, 'node_modules'));
symlinkSync(process.cwd(), path.join(folder, 'node_modules/serverless-watchbot'));
const osls = createRequire(import.meta.url).resolve('osls/bin/serverless.js');
const { stdout, stderr, status } = spawnSync(process.execPath, [osls, ...command.split(' ')], {
  cwd: folder,
  env: { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_INTERACTIVE_SETUP_ENABLE: '0' },
  encoding: 'utf8',
});
rmSync(folder, { recursive: true });
if (status !== 0) throw new Error(stderr);
// What is said of the load, and the table; the chart is for terminals.
const figures = stdout.trimEnd().split('\n\n').slice(0, 2).join('\n\n');
writeFileSync(PAGE, page.replace(FIGURES, `$1\n\`\`\`text\n${figures}\n\`\`\`\n\n$2`));
