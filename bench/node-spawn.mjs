// Measures how fast Node's `spawn` runs `sh -c COMMAND` as a watcher would: each with a process group and pipes.
// Usage: node node-spawn.mjs COUNT AT_ONCE COMMAND; prints milliseconds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [count, atOnce] = process.argv.slice(2, 4).map(Number);
const command = process.argv[4];
let left = count;
const begin = performance.now();
await Promise.all(Array.from({ length: atOnce }, work));
console.log(performance.now() - begin);

async function work() {
  while (left > 0) {
    left -= 1;
    const child = spawn('/bin/sh', ['-c', command], { stdio: 'pipe', detached: true });
    child.stdin.end();
    child.stdout.resume();
    child.stderr.resume();
    await once(child, 'close');
  }
}
