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

/** What each scenario has: an emulator, a queue, a ledger, watchers, and a time by which it has to be over. */
export async function startRun({ name, seed, messages, seconds, folder: parent }) {
  const folder = path.join(parent, name);
  mkdirSync(folder);
  const beginMs = performance.now();
  const emulator = await startEmulator();
  const queue = await createQueue(emulator.endpoint, name);
  const ledger = openLedger(path.join(folder, 'ledger'));
  const elapsedSeconds = () => (performance.now() - beginMs) / 1000;
  const run = {
    name,
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
    /** What is sent has to be worked off, and what a killed watcher held has to come back. */
    isTimeToDrain: (moreSeconds) =>
      elapsedSeconds() > Math.max(seconds - DRAIN_SECONDS - moreSeconds, (seconds - moreSeconds) * 0.5),
    check: (isTrue, problem) => void (isTrue || run.problems.push(problem)),
    /** @param endpoint where the watchers look for SQS: the emulator, or a proxy before it */
    watchersOn: (endpoint) => createWatchers({ endpoint, queueUrl: queue.url, ledger, folder }),
  };
  run.watchers = run.watchersOn(emulator.endpoint);
  return run;
}

/** Looks again and again until it is so, or the time of the scenario is over. */
export async function until(run, isSo) {
  for (;;) {
    if (await isSo()) return true;
    if (run.isLate()) return false;
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

/** Until nothing waits and nothing is in flight, by the queue's own word. */
export const drained = (run) =>
  until(run, async () => {
    const { visible, inFlight } = await run.queue.counts();
    return visible + inFlight === 0;
  });

/** Ends what still runs, and reads from the ledger what came of each message. */
export async function finishRun(run, { isExplained }) {
  const { queue, ledger, watchers, emulator, problems } = run;
  const left = await queue.counts();
  const requests = await emulator.requests();
  const ends = await watchers.stopAll();
  const seconds = run.elapsedSeconds();
  await ledger.end();
  await emulator.end();
  ends.forEach(({ name, end }) => run.check(end === 0, `${name} ended with ${end}`));
  const read = ledger.read();
  const histories = [...queue.sent.keys()].map((id) => ({
    id,
    starts: [],
    ends: [],
    ...read.messages.get(id),
  }));
  const done = histories.filter(({ ends }) => ends.length > 0).length;
  const lost = histories.length - done;
  const twice = histories.filter(({ ends }) => ends.length > 1);
  const explained = twice.filter((history) => isExplained(history, read)).length;
  const interrupted = histories.filter(({ starts, ends }) => starts.length > ends.length).length;
  if (interrupted > 0) run.notes.push(`${interrupted} messages were begun more often than they were done`);
  const waiting = left.visible + left.inFlight;
  if (waiting > 0) problems.push(`${waiting} still in the queue when its time was over`);
  if (lost > waiting)
    problems.push(`${lost} lost, of which ${waiting} in the queue and ${left.dead} dead letters`);
  if (left.dead > 0) problems.push(`${left.dead} dead letters`);
  if (explained < twice.length) problems.push(`${twice.length - explained} done twice, and nothing says why`);
  return {
    ...{ name: run.name, messages: histories.length, done, lost, twice: twice.length, explained },
    ...{ kills: run.kills, requestsPerSecond: requests / seconds, perMessage: requests / histories.length },
    ...{ seconds, problems, notes: run.notes },
  };
}

/**
 * Sends little by little, until all are sent or it is time to work off what there is.
 * @param moreSeconds what else the scenario needs after that
 */
export async function feed(run, { shares, moreSeconds = 0 } = {}) {
  const { queue, random, messages } = run;
  while (queue.sent.size < messages && !run.isTimeToDrain(moreSeconds)) {
    const { visible } = await queue.counts();
    const count = Math.min(BACKLOG - visible, messages - queue.sent.size);
    if (count > 0) await queue.send(bodies(count, random, shares));
    await sleep(LOOK_EVERY_MS / 2);
  }
  if (queue.sent.size < messages)
    run.notes.push(`time for ${queue.sent.size} of ${messages} messages: more with --minutes`);
}

/** Bodies, of which some are of another kind: see worker.sh. */
export function bodies(count, random, shares = { slow: 0.02 }) {
  const weights = { plain: 1 - Object.values(shares).reduce((sum, share) => sum + share, 0), ...shares };
  return Array.from({ length: count }, (_, index) => `${random.weighted(weights)} ${index}`);
}
