// Records what a command shows on a terminal, and when.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Runs a shell line on a terminal of this size, by `script` of util-linux, which writes down how many bytes came after
 * how many seconds: https://man7.org/linux/man-pages/man1/script.1.html
 * @returns {{ atMs: number, bytes: Buffer }[]} pieces of output
 */
export function record(command, { columns, rows }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'watchbot-picture-'));
  const output = path.join(folder, 'output');
  const timing = path.join(folder, 'timing');
  try {
    execFileSync(
      'script',
      [
        '--quiet',
        '--return',
        '--log-out',
        output,
        '--log-timing',
        timing,
        '--logging-format',
        'advanced',
      ].concat(['--command', `stty cols ${columns} rows ${rows}; ${command}`]),
      { stdio: 'ignore', env: { ...process.env, TERM: 'xterm-256color' } },
    );
    return pieces(readFileSync(output), readFileSync(timing, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pieces(output, timing) {
  // The first line is `script`'s own: what it ran, and when.
  let offset = output.indexOf('\n') + 1;
  let atMs = 0;
  const found = [];
  for (const line of timing.split('\n')) {
    const [kind, seconds, length] = line.split(' ');
    if (kind !== 'O') continue;
    atMs += Number(seconds) * 1000;
    found.push({ atMs, bytes: output.subarray(offset, offset + Number(length)) });
    offset += Number(length);
  }
  return found;
}
