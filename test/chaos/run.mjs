import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createQueue, startEmulator } from './emulator.mjs';
import { doneOf, openLedger } from './ledger.mjs';
import { createRandom, seedFor } from './random.mjs';
import { createWatchers } from './watchers.mjs';

const POLL_MS = 250;
const REPORT_EVERY_MS = 10_000;
const DRAIN_SECONDS = 25;
/** Visible messages: few enough to be done soon when the time is over, and enough that every watcher has work. */
const BACKLOG = 300;

/**
 * Starts what each scenario needs: an emulator, a queue, a ledger and watchers.
 * @param queue options for the queue: see emulator.mjs
 * @param seconds for how long things go wrong, while most messages are done
 * @param mostSeconds when the rest must be done, or else the scenario fails
 */
export async function startRun({ name, seed, messages, queue: kind, seconds, mostSeconds, folder: parent }) {
  const folder = path.join(parent, name);
  mkdirSync(folder);
  const beginMs = performance.now();
  const emulator = await startEmulator();
  const queue = await createQueue(emulator.endpoint, name, kind);
  const ledger = openLedger(path.join(folder, 'ledger'));
  const elapsedSeconds = () => (performance.now() - beginMs) / 1000;
  const run = {
    name,
    seed: seedFor(name, seed),
    random: createRandom(seedFor(name, seed)),
    messages,
    folder,
    emulator,
    queue,
    ledger,
    kills: 0,
    reportedMs: beginMs,
    problems: [],
    notes: [],
    elapsedSeconds,
    isLate: () => elapsedSeconds() > seconds,
    isOver: () => elapsedSeconds() > mostSeconds,
    /**
     * Whether to stop sending: what is sent must be done, and messages of a killed watcher must become visible again.
     */
    isTimeToDrain: (moreSeconds) =>
      elapsedSeconds() > Math.max(seconds - DRAIN_SECONDS - moreSeconds, (seconds - moreSeconds) * 0.5),
    check: (isTrue, problem) => void (isTrue || run.problems.push(problem)),
    /** @param endpoint SQS as the watchers see it: the emulator, or a proxy in front of it */
    watchersOn: (endpoint) => createWatchers({ endpoint, queue, ledger, folder }),
  };
  run.watchers = run.watchersOn(emulator.endpoint);
  return run;
}

/** Polls until the condition holds. @returns false if the time is over */
export async function until(run, condition) {
  for (;;) {
    if (await condition()) return true;
    if (run.isOver()) return false;
    if (performance.now() - run.reportedMs > REPORT_EVERY_MS) {
      run.reportedMs = performance.now();
      await report(run);
    }
    await sleep(POLL_MS);
  }
}

async function report({ name, queue, ledger, kills, elapsedSeconds }) {
  const { visible, inFlight } = await queue.counts();
  const parts = [
    `${Math.round(elapsedSeconds())} s`,
    `${doneOf(ledger.read())} of ${queue.sent.size} done`,
    `${visible} wait`,
    `${inFlight} in flight`,
    `${kills} kills`,
  ];
  console.log(`  ${name}: ${parts.join(', ')}`);
}

/** Waits until the queue is empty. A message without an end in the ledger is then a dead letter, or lost. */
export const drained = (run) =>
  until(run, async () => {
    const { visible, inFlight, delayed } = await run.queue.counts();
    return visible + inFlight + delayed === 0;
  });

/**
 * Sends messages bit by bit, until all are sent or it is time to empty the queue.
 * @param make makes the given number of messages; by default they are bodies drawn by `shares`
 * @param moreSeconds time that the scenario needs after that
 */
export async function feed(run, { shares, make = makeBodies(run, shares), moreSeconds = 0 } = {}) {
  const { queue, messages } = run;
  while (queue.sent.size < messages && !run.isTimeToDrain(moreSeconds)) {
    const { visible } = await queue.counts();
    const count = Math.min(BACKLOG - visible, messages - queue.sent.size);
    if (count > 0) await queue.send(make(count));
    await sleep(POLL_MS / 2);
  }
  if (queue.sent.size < messages)
    run.notes.push(`time for ${queue.sent.size} of ${messages} messages: more with --minutes`);
}

export const makeBodies = (run, shares) => (count) => bodies(count, run.random, shares);

/** Draws bodies. `shares` says how many are of another kind than plain: see worker.sh. */
export function bodies(count, random, shares = { slow: 0.02 }) {
  const weights = { plain: 1 - Object.values(shares).reduce((sum, share) => sum + share, 0), ...shares };
  return Array.from({ length: count }, (_, index) => `${random.weighted(weights)} ${index}`);
}
