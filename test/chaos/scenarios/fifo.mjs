import { finishRun } from '../finish.mjs';
import { isExplainedByKills } from '../ledger.mjs';
import { workWhileEnding } from './kills.mjs';
import { endBySigterm } from './sigterm.mjs';

const SHARES = { slow: 0.02, flaky: 0.03 };
/** With this few messages left, no watcher is ended: most of them wait behind another one of their group. */
const FEW = 30;

/** Watchers of a FIFO queue are killed or stopped in turn. Each group is still done in its order. */
export async function fifo(run) {
  let ended = 0;
  const endOne = (watcher) => {
    ended += 1;
    return ended % 2 === 1 ? watcher.kill() : endBySigterm(run, watcher);
  };
  await workWhileEnding(run, endOne, { shares: SHARES, few: FEW });
  const result = await finishRun(run, { isExplained: isExplainedByKills });
  checkOrder(run, run.ledger.read());
  return result;
}

/** Checks the order of each group by the order of the lines in the ledger. */
function checkOrder(run, { messages }) {
  const historyOf = (id) => messages.get(id) ?? { starts: [], ends: [] };
  const firstEnd = (id) => historyOf(id).ends[0]?.line ?? Infinity;
  const firstStart = (id) => historyOf(id).starts[0]?.line ?? Infinity;
  const groups = new Map();
  for (const [id, { group }] of run.queue.sent) groups.set(group, [...(groups.get(group) ?? []), id]);
  const pairs = [...groups.values()].flatMap((ids) => ids.slice(1).map((id, index) => [ids[index], id]));
  const overtaken = pairs.filter(([one, next]) => firstEnd(next) <= firstEnd(one));
  // Even stricter: SQS delivers no message of a group before the previous one is deleted.
  const early = pairs.filter(([one, next]) => firstStart(next) < firstEnd(one));
  run.check(overtaken.length === 0, `${overtaken.length} done before the message before them in their group`);
  run.check(
    early.length === 0,
    `${early.length} begun before the message before them in their group was done`,
  );
  const failed = [...messages].filter(([, { starts, ends }]) => starts.length > 1 && ends[0]?.receives > 1);
  run.notes.push(
    `${groups.size} groups, ${pairs.length} pairs of successors in order; ${failed.length} messages came again before they were done, and ${passers(run, failed)} of other groups were done meanwhile`,
  );
}

/** Number of messages of other groups that were done while a failed message held up its own group. */
function passers({ queue, ledger }, failed) {
  const ends = [...ledger.read().messages].flatMap(([id, { ends }]) =>
    ends.map(({ line }) => ({ id, line })),
  );
  const groupOf = (id) => queue.sent.get(id)?.group;
  const isPassing = ({ id, line }) =>
    failed.some(
      ([
        other,
        {
          starts,
          ends: [end],
        },
      ]) => groupOf(other) !== groupOf(id) && line > starts[0].line && line < end.line,
    );
  return ends.filter(isPassing).length;
}
