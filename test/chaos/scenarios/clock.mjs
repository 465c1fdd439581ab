import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startProxy } from '../proxy.mjs';
import { finishRun } from '../finish.mjs';
import { drained, feed, until } from '../run.mjs';

const JUMP_SECONDS = 3_600;
const PAUSE_MS = [300, 2_000];
/** A flaky message comes back 2 s after its first failure, or later if other messages wait before it. */
const RETRY_MS = { least: 1_500, most: 25_000 };

/** The time of day of watchers jumps by an hour, forwards and backwards, while they work. */
export async function clock(run) {
  const { random, ledger, queue } = run;
  // The emulator accepts every signature. AWS does not, nor does this proxy.
  const sqsProxy = await startProxy({ target: run.emulator.endpoint, seed: run.seed, faults: { none: 1 } });
  const watchers = (run.watchers = run.watchersOn(await sqsProxy.listen()));
  const shiftFile = path.join(run.folder, 'shift');
  const shift = (seconds) => {
    // Renamed when complete, since it may be read at any moment.
    writeFileSync(`${shiftFile}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s\n`);
    renameSync(`${shiftFile}.new`, shiftFile);
  };
  shift(0);
  const settings = shiftedClock(shiftFile);
  for (let index = 0; index < 2; index += 1) watchers.start({ concurrency: 4, ...settings.start });
  await queue.send(['long 1', 'long 2']);
  let isFed = false;
  const feeding = feed(run, { shares: { slow: 0.02, flaky: 0.05 } }).then(() => (isFed = true));
  let jumps = 0;
  const isOver = async () => isFed && Object.values(await queue.counts()).every((count) => count === 0);
  while (!run.isLate() && !(await isOver())) {
    const wakeMs = performance.now() + random.between(...PAUSE_MS);
    await until(run, async () => performance.now() > wakeMs || (await isOver()));
    shift(random.pick([-JUMP_SECONDS, 0, JUMP_SECONDS]));
    ledger.write('jump');
    jumps += 1;
  }
  await feeding;
  await drained(run);
  run.check(watchers.running().length === 2, 'a watcher ended');
  run.check(watchers.running().every(hasJumped), 'the clock of a watcher did not jump');
  checkRetries(run, ledger.read());
  checkHolds(run, ledger.read());
  watchers.running().forEach((watcher) => checkDurations(run, watcher));
  run.check(sqsProxy.skewed > 0, 'no signature was refused for its time');
  run.notes.push(`${sqsProxy.skewed} signatures were refused for their time`);
  run.notes.push(`${jumps} jumps, by ${settings.by}`);
  return finishRun(run, { isExplained: () => false });
}

/** Settings that shift the clock: with libfaketime for the whole process, or else with a module that changes `Date`. */
function shiftedClock(shiftFile) {
  const common = { FAKETIME_TIMESTAMP_FILE: shiftFile, maxJobDuration: '60' };
  const library = findLibrary();
  if (library === undefined) {
    const preload = path.join(import.meta.dirname, '../clock-shift.cjs');
    return {
      by: 'a preloaded module',
      start: { environment: common, nodeArguments: ['--require', preload] },
    };
  }
  const faketime = { LD_PRELOAD: library, FAKETIME_CACHE_DURATION: '1' };
  // In reality, setting the time of day does not change the clock of timers.
  const monotonic = { DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  return { by: 'libfaketime', start: { environment: { ...common, ...faketime, ...monotonic } } };
}

/** Finds libfaketime where Debian's package installs it. */
function findLibrary() {
  const libraries = '/usr/lib';
  return readdirSync(libraries)
    .map((folder) => path.join(libraries, folder, 'faketime/libfaketimeMT.so.1'))
    .find((file) => existsSync(file));
}

/** Whether the log has neighbouring lines that are more than half an hour apart. */
function hasJumped(watcher) {
  const times = watcher
    .log()
    .split('\n')
    .map((line) => Date.parse(/^\[([^\]]+)\]/.exec(line)?.[1]))
    .filter((time) => !Number.isNaN(time));
  return times.some((time, index) => index > 0 && Math.abs(time - times[index - 1]) > JUMP_SECONDS * 500);
}

/** Checks durations in the log. The longest job takes 12 s; a jump of the clock must not show. */
function checkDurations(run, { name, log }) {
  const durationsMs = [...log().matchAll(/\[(?:success|failure)\] after (-?\d+) ms/g)].map(([, ms]) =>
    Number(ms),
  );
  const wrong = durationsMs.filter((ms) => ms < 0 || ms > 60_000);
  run.check(wrong.length === 0, `${name} says that jobs took ${wrong.join(', ')} ms`);
}

/** Checks that jobs longer than the visibility timeout began only once, so the watcher kept extending the timeout. */
function checkHolds(run, { messages, jumpsMs }) {
  const isLong = ([, { body }]) => body.startsWith('long');
  for (const [id, { body }] of [...run.queue.sent].filter(isLong)) {
    const { starts = [], ends = [] } = messages.get(id) ?? {};
    const jumps = jumpsMs.filter((ms) => ms > starts[0]?.atMs && ms < ends[0]?.atMs).length;
    run.check(starts.length === 1, `'${body}' was begun ${starts.length} times`);
    run.check(jumps > 0, `the clock did not jump while '${body}' was worked on`);
    run.notes.push(`'${body}' was held through ${jumps} jumps`);
  }
}

function checkRetries(run, { messages }) {
  const waitsMs = [...messages.values()]
    .filter(({ starts }) => starts.length === 2)
    .map(({ starts: [first, second] }) => second.atMs - first.atMs);
  const [least, most] = [Math.min(...waitsMs), Math.max(...waitsMs)];
  run.check(waitsMs.length > 0, 'no message failed at first');
  run.check(least >= RETRY_MS.least, `a failed message came again after ${least} ms`);
  run.check(most <= RETRY_MS.most, `a failed message came again only after ${most} ms`);
  run.notes.push(`${waitsMs.length} messages failed once, and came again after ${least} to ${most} ms`);
}
