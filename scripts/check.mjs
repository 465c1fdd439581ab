// The one gate: format, lint, types, build, all tests. What has no need of each other goes side by side.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const FIRST = [['lint'], ['types', 'build']];

/** Each one's output is shown whole, when it has ended. */
async function runInTurn(names) {
  for (const name of names) {
    const child = spawn('npm', ['run', name], { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    const [code] = await once(child, 'close');
    chunks.forEach((chunk) => process.stdout.write(chunk));
    if (code !== 0) return false;
  }
  return true;
}

const passed = await Promise.all(FIRST.map(runInTurn));
if (passed.every(Boolean)) {
  const [code] = await once(spawn('npx', ['jest'], { stdio: 'inherit' }), 'close');
  process.exitCode = code ?? 1;
} else {
  process.exitCode = 1;
}
