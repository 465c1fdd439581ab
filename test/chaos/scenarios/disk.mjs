import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { own } from '../owned.mjs';
import { finishRun } from '../finish.mjs';
import { bodies, drained, until } from '../run.mjs';

const ROOM_BYTES = 256 * 1024;
const FULL_MS = 6_000;
const PLENTY_FAIL = 5;

/** The disk for message files is full for a while. */
export async function disk(run) {
  const room = path.join(run.folder, 'room');
  mkdirSync(room);
  try {
    mount(room);
  } catch (error) {
    await finishRun(run, { isExplained: () => false });
    return { name: run.name, problems: [], skipped: `no small disk can be mounted: ${error.message.trim()}` };
  }
  const { queue, watchers, random } = run;
  const watcher = watchers.start({ concurrency: 4, environment: { TMPDIR: room } });
  const half = Math.round(run.messages / 2);
  await queue.send(bodies(half, random));
  await drained(run);
  const filler = fill(room);
  const fullFromMs = performance.now();
  await queue.send(bodies(half, random).map((body) => body.padEnd(10_000, ' ')));
  const failures = () => watcher.log().match(/\[failure\].*ENOSPC/g)?.length ?? 0;
  await until(run, () => performance.now() - fullFromMs > FULL_MS && failures() >= PLENTY_FAIL);
  run.check(failures() >= PLENTY_FAIL, 'the disk was not full');
  rmSync(filler);
  await drained(run);
  run.check(watchers.running().includes(watcher), 'the watcher did not live through a full disk');
  run.notes.push(`${failures()} times no room for the message, which came back`);
  const left = readdirSync(room);
  run.check(left.length === 0, `left on the disk: ${left.join(', ')}`);
  const result = await finishRun(run, { isExplained: () => false });
  return result;
}

function mount(room) {
  const options = { stdio: ['ignore', 'ignore', 'pipe'] };
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM_BYTES}`, 'tmpfs', room], options);
  own(() => Promise.resolve(execFileSync('umount', ['--lazy', room], options)));
}

function fill(room) {
  const file = path.join(room, 'filler');
  const open = openSync(file, 'w');
  try {
    for (;;) writeSync(open, Buffer.alloc(4096));
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
  closeSync(open);
  return file;
}
