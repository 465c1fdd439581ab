import { drained, feed, makeBodies, until } from '../run.mjs';

const WATCHERS = 3;
/** With fewer messages left, no watcher is ended: it would first wait up to 20 s for its poll of the empty queue. */
const FEW = 60;
const PAUSE_MS = [1_500, 3_500];
/** Pauses for a run that is over in a few seconds. */
const SHORT_PAUSE_MS = [400, 1_000];
const FEW_MESSAGES = 2_000;
/** Number of watchers to end. If messages are done before that, more are sent. */
const LEAST_ENDS = 4;

/**
 * Works off a backlog while watchers are ended one after the other, and each is replaced by a new one.
 * @param endOne ends a watcher
 * @param shares shares of the kinds of messages: see worker.sh
 * @param make makes the given number of messages, instead of `shares`
 * @param startOne starts a watcher
 * @param few with fewer messages left, no watcher is ended
 * @param pauseMs least and most time between the ends of two watchers
 */
export async function workWhileEnding(run, endOne, { shares, few = FEW, ...own } = {}) {
  const { random, queue, watchers } = run;
  const {
    make = makeBodies(run, shares),
    startOne = () => watchers.start({ concurrency: random.whole(2, 5) }),
    pauseMs = run.messages < FEW_MESSAGES ? SHORT_PAUSE_MS : PAUSE_MS,
  } = own;
  let isFed = false;
  const feeding = feed(run, { make }).then(() => (isFed = true));
  const isShortOfWork = async () => isFed && (await queue.counts()).visible < few;
  const isNearlyOver = async () => run.kills >= LEAST_ENDS && (await isShortOfWork());
  for (let index = 0; index < WATCHERS; index += 1) startOne();
  const endings = [];
  while (!run.isLate() && !(await isNearlyOver())) {
    const wakeMs = performance.now() + random.between(...pauseMs);
    await until(run, async () => performance.now() > wakeMs || (await isNearlyOver()));
    if (await isNearlyOver()) break;
    const left = watchers.running().filter((watcher) => watcher.isReady() && !watcher.isEnding);
    if (left.length === 0) continue;
    if (await isShortOfWork()) await queue.send(make(2 * few));
    run.kills += 1;
    endings.push(endOne(random.pick(left)));
    startOne();
  }
  await feeding;
  await Promise.all(endings);
  run.check(run.kills >= LEAST_ENDS, `only ${run.kills} watchers were ended`);
  await drained(run);
}
