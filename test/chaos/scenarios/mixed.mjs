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

/** By which what the job ends with comes to the watcher. */
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
  'timeout 600 sh WORKER',
  'setsid --wait sh WORKER',
];
/** By which a job that fails is done nevertheless: so the user wrote it. */
const LOSING_LINES = [
  'echo "$(sh WORKER)"',
  'echo "`sh WORKER`"',
  'true -d "$(sh WORKER)" URL',
  'sh WORKER | cat',
  'sh WORKER; true',
  // Not as a here-document: in dash all that the job leaves holds it open for `cat`, which is the job then.
  ': "$(sh WORKER)"',
];

/** ways: what is done with it at its end */
const KINDS = {
  plain: { concurrency: [3, 6], lines: KEEPING_LINES, ways: ['stop', 'kill', 'end'] },
  losing: { concurrency: [3, 6], lines: LOSING_LINES, ways: ['stop', 'kill', 'end'] },
  ids: { concurrency: [5, 8], lines: KEEPING_LINES, ways: ['stop', 'kill'], moreIds: 20, needsGroup: true },
  memory: {
    concurrency: [10, 10],
    lines: KEEPING_LINES,
    ways: ['stop', 'kill'],
    memoryMiB: 256,
    needsGroup: true,
  },
  // Nobody ends what its workers have started when it is killed: its container does.
  node: { concurrency: [3, 5], lines: KEEPING_LINES, ways: ['stop', 'end'], isByNode: true },
};

const MOST_SECONDS = 6;
/** Told after a second, killed after four. */
const STOP = { WatchbotStopTimeout: '8', WatchbotStopNotice: '3' };

/** All that workers do and that happens to them, at once, while watchers are stopped and killed. */
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
  await workWhileEnding(run, endOne, { make, startOne: () => startOne(run, parts) });
  const watchers = run.watchers.all();
  const outcomes = { current: undefined };
  const known = (read) => ({
    killedAtMs: read.killedAtMs,
    hasFewIds: (name) => watchers.some((each) => each.name === name && each.kind.moreIds !== undefined),
    outcomes: (outcomes.current ??= readOutcomes(watchers)),
  });
  const deaths = [];
  const summary = await finishRun(run, {
    isExplained: (history, read) => explainTwice(history, read, known(read).outcomes),
    isDeadExpected: (history, read) => {
      const message = run.queue.sent.get(history.id);
      const reason = isHopeless(message) ? 'their making' : explainDead(history, message, known(read));
      deaths.push(reason);
      return history.ends.length === 0 && reason !== undefined;
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
  tellOutcomes(run, known(read).outcomes);
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
  const group = parts.hasGroups ? createGroup({ memoryMiB }) : undefined;
  const watcher = watchers.start({
    ...{ concurrency: random.whole(...concurrency), line, group },
    ...(isByNode && { bundle: parts.byNode }),
    environment: {
      ...STOP,
      WatchbotMaxReceives: String(queue.maxReceives),
      maxJobDuration: String(MOST_SECONDS),
      structuredLogging: String(random.next() < 0.5),
      CHAOS_BODIES: parts.bodies,
      ...(lines === LOSING_LINES && { CHAOS_LOSES: '1' }),
      ...(isByNode && { CHAOS_STAYS: '1' }),
      ...(moreIds !== undefined && { CHAOS_HOARD: '1' }),
    },
  });
  Object.assign(watcher, { kind });
  if (moreIds !== undefined) void limitIds(run, watcher, moreIds);
  return watcher;
}

const ENDS = {
  /** As ECS does. */
  stop: async (watcher, run) => {
    watcher.isEnding = true;
    watcher.signal('SIGTERM');
    const end = await watcher.ended;
    run.check(end === 0, `${watcher.name} ended with ${end} on SIGTERM`);
  },
  /** What it has started is to see to its own end. */
  kill: (watcher) => watcher.killAlone(),
  /** The container, at once. */
  end: (watcher) => watcher.kill(),
};

function checkHopeless(run, { messages }) {
  const done = [...run.queue.sent].filter(
    ([id, each]) => isHopeless(each) && messages.get(id)?.ends.length > 0,
  );
  for (const [id, { kind }] of done) run.problems.push(`${kind} ${id} was done`);
}

/** Those that were neither told to end nor killed: finishRun told them at its end. */
function checkWatchers(run, watchers) {
  for (const { name, kind, end, isEnding } of watchers)
    run.check(isEnding || end === 0, `${name} (${kind.name}) ended with ${end}`);
}

function tellOutcomes(run, outcomes) {
  const all = outcomes.all();
  const count = (isSo) => all.filter(isSo).length;
  const parts = [
    `${count(({ reason }) => /by the kernel/.test(reason))} of the kernel's kills named`,
    `${count(({ reason }) => /not tried/.test(reason))} times not tried for the machine's sake`,
    `${count(({ reason }) => /maxJobDuration/.test(reason))} times out of time`,
    `${count(({ result, reason }) => result === 'released' && !/not tried/.test(reason))} released by a stop`,
  ];
  run.notes.push(`outcomes: ${tally(all.map(({ result }) => result))}; ${parts.join(', ')}`);
}
