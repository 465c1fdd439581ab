import { afterEach, expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';
import { spawn } from 'node:child_process';
import { once as onceEmitted } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createTestFolder } from './folder';
import { ROOT } from './framework';

/** Makes the folder slowly, and writes to a log that all processes share. */
const PROGRAM = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { makeOnce } from ${JSON.stringify(path.join(ROOT, 'test/helpers/make-once'))};
const [folder, log] = process.argv.slice(2);
const failure = makeOnce(folder, Buffer.from('the same'), () => {
  appendFileSync(log, 'made\\n');
  writeFileSync(folder + '/first', '');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  writeFileSync(folder + '/second', '');
});
process.stdout.write(String(failure ?? (existsSync(folder + '/first') && existsSync(folder + '/second'))));
`;

const home = createTestFolder();
afterEach(() => {
  home.remove();
});

it('makes a folder once when several test files need it at the same moment', async () => {
  const program = home.join('program.js');
  buildSync({
    stdin: { contents: PROGRAM, resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    outfile: program,
    logLevel: 'error',
  });
  const log = home.join('log');
  const ends = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, [program, home.join('cache/made'), log], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await Promise.all([text(child.stdout), onceEmitted(child, 'close')]);
    return output;
  });
  expect(await Promise.all(ends)).toEqual(['true', 'true', 'true', 'true']);
  expect(readFileSync(log, 'utf8')).toBe('made\n');
});
