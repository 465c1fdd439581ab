import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createGroup, whyNoGroups } from '../cgroup.mjs';
import { finishRun, tally } from '../finish.mjs';
import { whenAllGone } from '../leftovers.mjs';
import { createMixedMessages, isHopeless } from '../mixed-messages.mjs';
import { explainDead, explainTwice, readOutcomes } from '../outcomes.mjs';
import { limitIds, withoutLauncher } from '../ways.mjs';
import { workWhileEnding } from './kills.mjs';

const WORKER = path.join(import.meta.dirname, '../mixed.sh');

/** Shell lines that pass the exit code of the job on to the watcher. */
const KEEPING_LINES = [
  '. WORKER',
  'sh WORKER',
  'exec sh WORKER',
  'x=$(sh WORKER)',
  'x=`sh WORKER` && echo "$x" | cat',
  'set -e; sh WORKER; true',
  'sh WORKER && true || exit $?',
  "trap : USR1; trap 'exit 0' TERM; sh WORKER",
  'sh WORKER & wait $!',
];
/** Shell lines that run the whole job in another process group or session. */
const LEAVING_LINES = ['timeout 600 sh WORKER', 'setsid --wait sh WORKER'];
const ALL_LINES = [...KEEPING_LINES, ...LEAVING_LINES];
/** Shell lines that lose the exit code, so that a failed job counts as done. The user wrote it that way. */
const LOSING_LINES = [
  'echo "$(sh WORKER)"',
  'echo "`sh WORKER`"',
  'true -d "$(sh WORKER)" URL',
  'sh WORKER | cat',
  'sh WORKER; true',
  // There is no here-document: in dash, whatever the job leaves behind keeps it open for `cat`, which is then the job.
  ': "$(sh WORKER)"',
];

/** Kinds of watchers. `ways` are the ways in which such a watcher is ended. */
const KINDS = {
  plain: { concurrency: [3, 6], lines: ALL_LINES, ways: ['stop', 'kill', 'end'] },
  losing: { concurrency: [3, 6], lines: LOSING_LINES, ways: ['stop', 'kill', 'end'] },
  ids: { concurrency: [5, 8], lines: ALL_LINES, ways: ['stop', 'kill'], moreIds: 20, needsGroup: true },
  memory: {
    concurrency: [10, 10],
    lines: ALL_LINES,
    ways: ['stop', 'kill'],
    memoryMiB: 256,
    needsGroup: true,
  },
  // Node cannot reach processes that leave the group, and only the end of the container ends workers of a killed
  // watcher.
  node: { concurrency: [3, 5], lines: KEEPING_LINES, ways: ['stop', 'end'], isByNode: true },
};

/** Memory of a job that grows: two such jobs at a time do not fit. */
const GROWS_BYTES = 100_000_000;

const PAUSE_MS = [500, 1_500];
const MOST_SECONDS = 4;
/** Jobs that run when the watcher stops get SIGTERM after a second, and SIGKILL after four. */
const STOP = { WatchbotStopTimeout: '8', WatchbotStopNotice: '3' };

/** Everything that workers do, and that happens to them, at the same time, while watchers are stopped and killed. */
export async function mixed(run) {
  const parts = prepare(run);
  const gone = [];
  const endOne = async (watcher) => {
    const way = run.random.pick(watcher.kind.ways);
    run.ways.push(way);
    await ENDS[way](watcher, run);
    gone.push(await whenAllGone(run, watcher));
  };
  const make = createMixedMessages({ seed: run.seed, folder: parts.bodies });
  await workWhileEnding(run, endOne, { make, startOne: () => startOne(run, parts), pauseMs: PAUSE_MS });
  const watchers = run.watchers.all();
  const outcomes = { current: undefined };
  const kindOf = (name) => watchers.find((each) => each.name === name).kind;
  const known = (read) => ({
    killedAtMs: read.killedAtMs,
    hasFewIds: (name) => kindOf(name).moreIds !== undefined,
    hasLittleMemory: (name) => kindOf(name).memoryMiB !== undefined,
    outcomes: (outcomes.current ??= readOutcomes(watchers)),
  });
  const deaths = [];
  const summary = await finishRun(run, {
    isExplained: (history, read) => explainTwice(history, known(read)),
    isDeadExpected: (history, read) => {
      const message = run.queue.sent.get(history.id);
      const reason = isHopeless(message) ? 'their making' : explainDead(history, message, known(read));
      deaths.push(reason);
      return reason !== undefined;
    },
  });
  for (const watcher of watchers.filter((each) => !each.isEnding)) gone.push(await whenAllGone(run, watcher));
  const read = run.ledger.read();
  checkHopeless(run, read);
  checkWatchers(run, watchers);
  run.check(read.odd.length === 0, `the ledger has ${read.odd.length} odd lines, such as: ${read.odd[0]}`);
  run.notes.push(`watchers: ${tally(watchers.map(({ kind }) => kind.name))}; ended: ${tally(run.ways)}`);
  run.notes.push(
    `all that they had started was gone ${Math.round(Math.max(...gone))} ms after them at the latest`,
  );
  run.notes.push(`dead letters: ${tally(deaths)}`);
  checkOutcomes(run, known(read).outcomes, parts);
  return summary;
}

function prepare(run) {
  const reason = whyNoGroups();
  if (reason !== undefined) run.notes.push(`without limits of memory and ids: ${reason}`);
  const bodies = path.join(run.folder, 'bodies');
  mkdirSync(bodies);
  run.ways = [];
  const kinds = Object.entries(KINDS)
    .map(([name, kind]) => ({ name, ...kind }))
    .filter(({ needsGroup }) => reason === undefined || !needsGroup);
  return { bodies, kinds, hasGroups: reason === undefined, byNode: withoutLauncher(run.folder), deck: [] };
}

function startOne(run, parts) {
  const { random, watchers, queue } = run;
  if (parts.deck.length === 0) parts.deck = random.shuffled(parts.kinds);
  const kind = parts.deck.pop();
  const { concurrency, lines, memoryMiB, moreIds, isByNode } = kind;
  const line = random.pick(lines).replace('WORKER', `'${WORKER}'`);
  const isStructured = random.next() < 0.5;
  const group = parts.hasGroups ? createGroup({ memoryMiB }) : undefined;
  const watcher = watchers.start({
    ...{ concurrency: random.whole(...concurrency), line, group },
    ...(isByNode && { bundle: parts.byNode }),
    environment: {
      ...STOP,
      WatchbotMaxReceives: String(queue.maxReceives),
      maxJobDuration: String(MOST_SECONDS),
      structuredLogging: String(isStructured),
      CHAOS_BODIES: parts.bodies,
      ...(lines === LOSING_LINES && { CHAOS_LOSES: '1' }),
      ...(isByNode && { CHAOS_STAYS: '1' }),
      ...(moreIds !== undefined && { CHAOS_HOARD: '1' }),
      ...(memoryMiB !== undefined && { CHAOS_GROWS: String(GROWS_BYTES) }),
    },
  });
  Object.assign(watcher, { kind, isStructured });
  if (moreIds !== undefined) void limitIds(run, watcher, moreIds);
  return watcher;
}

const ENDS = {
  /** Stops the watcher as ECS does. */
  stop: async (watcher, run) => {
    watcher.isEnding = true;
    watcher.signal('SIGTERM');
    const end = await watcher.ended;
    run.check(end === 0, `${watcher.name} ended with ${end} on SIGTERM`);
  },
  /** Kills only the watcher. What it has started must end by itself. */
  kill: (watcher) => watcher.killAlone(),
  /** Ends the whole container at once. */
  end: (watcher) => watcher.kill(),
};

function checkHopeless(run, { messages }) {
  const done = [...run.queue.sent].filter(
    ([id, each]) => isHopeless(each) && messages.get(id)?.ends.length > 0,
  );
  for (const [id, { kind }] of done) run.problems.push(`${kind} ${id} was done`);
}

function checkWatchers(run, watchers) {
  for (const { name, kind, end, isEnding, isStructured, log } of watchers) {
    const whose = `${name} (${kind.name})`;
    run.check(isEnding || end === 0, `${whose} ended with ${end}`);
    run.check(!/launcher of workers ended|launcher cannot/.test(log()), `the launcher of ${whose} ended`);
    // A killed watcher may have been in the middle of its last line.
    const broken = isStructured ? log().split('\n').slice(0, -1).filter(isBroken) : [];
    run.check(broken.length === 0, `${whose} logged what is no JSON: ${broken[0]?.slice(0, 200)}`);
  }
}

function isBroken(line) {
  try {
    JSON.parse(line);
    return false;
  } catch {
    return true;
  }
}

/** Checks that every kind of outcome happened, and notes how often. */
function checkOutcomes(run, outcomes, { hasGroups }) {
  const all = outcomes.all();
  const counts = Object.entries({
    'named as killed by the kernel': ({ reason }) => reason.includes('by the kernel'),
    "not tried for the machine's sake": ({ reason }) => reason.includes('not tried'),
    'out of time': ({ reason }) => reason.includes('maxJobDuration'),
    'released by a stop': ({ result, reason }) => result === 'released' && !reason.includes('not tried'),
  }).map(([what, isMatch]) => ({ what, times: all.filter(isMatch).length }));
  run.notes.push(`outcomes: ${tally(all.map(({ result }) => result))}`);
  run.notes.push(`of them ${counts.map(({ what, times }) => `${times} ${what}`).join(', ')}`);
  const missing = counts.filter(({ times }) => times === 0).map(({ what }) => what);
  if (!run.isShort && hasGroups) run.check(missing.length === 0, `none ${missing.join(', none ')}`);
}
