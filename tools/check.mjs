// The one gate: format, lint, types, build, the tests that need nothing but the sources, then those that need what is
// built. What has no need of each other goes side by side.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// Of one length, about.
const FIRST = [['lint'], ['types', 'build', 'unit']];

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
  const [code] = await once(
    spawn('npx', ['jest', '--selectProjects', 'built'], { stdio: 'inherit' }),
    'close',
  );
  process.exitCode = code ?? 1;
} else {
  process.exitCode = 1;
}
