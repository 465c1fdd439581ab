import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describeReceives, finishRun, mostReceives } from '../finish.mjs';
import { own } from '../owned.mjs';
import { bodies, drained, until } from '../run.mjs';

const CONCURRENCY = 4;
const ROOM_BYTES = 256 * 1024;
const FULL_MS = 6_000;
/** Failures to wait for. The watcher pauses between two tries, and tries one message at a time. */
const PLENTY_FAIL = 3;
/** Waits double from 2 s on, so 6 s take three receives, and one more if a message comes late. */
const MOST_RECEIVES = 5;
const FILL_UP = 8;

/**
 * The disk for message files is full for a while. Then workers fill up a mount, which the watcher empties for the next
 * job.
 */
export async function disk(run) {
  const [room, volume] = ['room', 'volume'].map((name) => path.join(run.folder, name));
  try {
    mount(room);
    mount(volume);
  } catch (error) {
    await finishRun(run, { isExplained: () => false });
    return { name: run.name, problems: [], skipped: `no small disk can be mounted: ${error.message.trim()}` };
  }
  const { queue, watchers, random, ledger } = run;
  const environment = { TMPDIR: room, Volumes: volume, CHAOS_VOLUME: volume };
  const watcher = watchers.start({ concurrency: CONCURRENCY, environment });
  const half = Math.round(run.messages / 2);
  await queue.send(bodies(half, random));
  await drained(run);
  await fillRoom(run, { room, watcher, count: half });
  run.check(mostReceives(ledger.read()) <= MOST_RECEIVES, 'a disk full for 6 s used up too many receives');
  run.notes.push(describeReceives(ledger.read()));
  await queue.send(bodies(FILL_UP + half, random, { fill: FILL_UP / (FILL_UP + half) }));
  await drained(run);
  run.notes.push(`${volumeFull(watcher)} times no room on the mount for what a worker wrote`);
  run.check(volumeFull(watcher) > 0, 'the mount was not full');
  run.check(watchers.running().includes(watcher), 'the watcher did not live through a full disk');
  run.check(readdirSync(volume).length === 0, `left in the volume: ${readdirSync(volume).join(', ')}`);
  const waiting = readdirSync(room);
  const left = readdirSync(room, { recursive: true });
  // The watcher keeps empty folders for the next jobs.
  const isTidy = waiting.length <= CONCURRENCY && waiting.every((name) => name.startsWith('watchbot-job-'));
  run.check(isTidy && left.length === waiting.length, `left in the room: ${left.join(', ')}`);
  const summary = await finishRun(run, { isExplained: () => false });
  const late = readdirSync(room);
  if (late.length > 0) summary.problems.push(`left by a watcher that was stopped: ${late.join(', ')}`);
  return summary;
}

async function fillRoom(run, { room, watcher, count }) {
  const filler = fill(room);
  const fullFromMs = performance.now();
  await run.queue.send(bodies(count, run.random).map((body) => body.padEnd(10_000, ' ')));
  // The machine is at fault, not the message, so it is released.
  const failures = () => watcher.log().match(/\[released\].*not tried.*ENOSPC/g)?.length ?? 0;
  await until(run, () => performance.now() - fullFromMs > FULL_MS && failures() >= PLENTY_FAIL);
  run.check(failures() >= PLENTY_FAIL, 'the disk was not full');
  rmSync(filler);
  await drained(run);
  run.notes.push(`${failures()} times no room for the message, which came back`);
}

const volumeFull = (watcher) => watcher.log().match(/the mount is full/g)?.length ?? 0;

function mount(folder) {
  mkdirSync(folder);
  const options = { stdio: ['ignore', 'ignore', 'pipe'] };
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM_BYTES}`, 'tmpfs', folder], options);
  own(() => Promise.resolve(execFileSync('umount', ['--lazy', folder], options)));
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
