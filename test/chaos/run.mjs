import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createQueue, startEmulator } from './emulator.mjs';
import { doneOf, openLedger } from './ledger.mjs';
import { createRandom, seedFor } from './random.mjs';
import { createWatchers } from './watchers.mjs';

const LOOK_EVERY_MS = 250;
const TELL_EVERY_MS = 10_000;
const DRAIN_SECONDS = 25;
/** So few wait that they are worked off soon when the time is over, and so many that no watcher lacks work. */
const BACKLOG = 300;

/**
 * What each scenario has: an emulator, a queue, a ledger, watchers, and its time.
 * @param queue of what kind: see emulator.mjs
 * @param seconds in which things go wrong, and most is worked off
 * @param mostSeconds by which the rest is worked off, or else the scenario has failed
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
    toldMs: beginMs,
    problems: [],
    notes: [],
    elapsedSeconds,
    isLate: () => elapsedSeconds() > seconds,
    isOver: () => elapsedSeconds() > mostSeconds,
    /** What is sent has to be worked off, and what a killed watcher held has to come back. */
    isTimeToDrain: (moreSeconds) =>
      elapsedSeconds() > Math.max(seconds - DRAIN_SECONDS - moreSeconds, (seconds - moreSeconds) * 0.5),
    check: (isTrue, problem) => void (isTrue || run.problems.push(problem)),
    /** @param endpoint where the watchers look for SQS: the emulator, or a proxy before it */
    watchersOn: (endpoint) => createWatchers({ endpoint, queue, ledger, folder }),
  };
  run.watchers = run.watchersOn(emulator.endpoint);
  return run;
}

/** Looks again and again until it is so, or there is no time at all any more. */
export async function until(run, isSo) {
  for (;;) {
    if (await isSo()) return true;
    if (run.isOver()) return false;
    if (performance.now() - run.toldMs > TELL_EVERY_MS) {
      run.toldMs = performance.now();
      await tell(run);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function tell({ name, queue, ledger, kills, elapsedSeconds }) {
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

/** Until the queue is empty: what the ledger still lacks then is a dead letter, or lost. */
export const drained = (run) =>
  until(run, async () => {
    const { visible, inFlight, delayed } = await run.queue.counts();
    return visible + inFlight + delayed === 0;
  });

/**
 * Sends little by little, until all are sent or it is time to work off what there is.
 * @param make gives so many messages; without it they are bodies by their shares
 * @param moreSeconds what else the scenario needs after that
 */
export async function feed(run, { shares, make = makeBodies(run, shares), moreSeconds = 0 } = {}) {
  const { queue, messages } = run;
  while (queue.sent.size < messages && !run.isTimeToDrain(moreSeconds)) {
    const { visible } = await queue.counts();
    const count = Math.min(BACKLOG - visible, messages - queue.sent.size);
    if (count > 0) await queue.send(make(count));
    await sleep(LOOK_EVERY_MS / 2);
  }
  if (queue.sent.size < messages)
    run.notes.push(`time for ${queue.sent.size} of ${messages} messages: more with --minutes`);
}

export const makeBodies = (run, shares) => (count) => bodies(count, run.random, shares);

/** Bodies, of which some are of another kind: see worker.sh. */
export function bodies(count, random, shares = { slow: 0.02 }) {
  const weights = { plain: 1 - Object.values(shares).reduce((sum, share) => sum + share, 0), ...shares };
  return Array.from({ length: count }, (_, index) => `${random.weighted(weights)} ${index}`);
}
