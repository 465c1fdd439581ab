// What watchers said of the messages, beside what workers said: see ledger.mjs.
import logLines from '../../dist/contract/log-lines.js';
import sentAnew from '../../dist/contract/sent-anew.js';

/** Between a worker's end and the deletion of its message lie a short wait for others and one call. */
const SETTLE_WITHIN_MS = 5_000;

const DELETED = ['success', 'rejected'];
/** Of which a copy may be sent. */
const UNCOUNTED = ['released', 'noop'];

/** Also as `setsid` says it. */
const KILLED = /SIGKILL|exit code (137|9)$/;
const MADE = { fails: /exit code 1$/, killed: KILLED };

/** @returns outcomeOf: of one receive; sendersOf: who sent a message as a copy, or was about to send one of it */
export function readOutcomes(watchers) {
  const outcomes = new Map();
  const senders = [];
  for (const { name, log } of watchers) {
    for (const text of log().split('\n')) {
      const line = logLines.readLine(text);
      const { messageId, outcome } = line;
      if (outcome) outcomes.set(nameOf({ watcher: name, messageId, receives: outcome.receives }), outcome);
      if (UNCOUNTED.includes(outcome?.result)) senders.push({ name, id: messageId });
      const copyId = sentAnew.copyIdIn(line);
      if (copyId) senders.push({ name, id: copyId });
    }
  }
  return {
    all: () => [...outcomes.values()],
    outcomeOf: (entry) => outcomes.get(nameOf(entry)),
    sendersOf: (messageId) => senders.filter(({ id }) => id === messageId).map(({ name }) => name),
  };
}

const nameOf = ({ watcher, messageId, receives }) => `${watcher} ${messageId} ${receives}`;

/**
 * Of a message that was done more than once: for each end but one there is what kept the watcher from deleting it.
 * @param hasFewIds of a watcher, by its name; hasLittleMemory: the same
 * @returns the reasons, or undefined
 */
export function explainTwice({ ends }, known) {
  const reasons = ends.map((end) => whyNotDeleted(end, known)).filter(Boolean);
  if (isLeftBehind(ends, known)) reasons.push('a kill between a copy and a deletion');
  return reasons.length >= ends.length - 1 ? [...new Set(reasons)].join(' and ') : undefined;
}

function whyNotDeleted(end, known) {
  const outcome = known.outcomes.outcomeOf(end);
  if (outcome?.result === 'released') return 'a stop';
  if (outcome?.result === 'failure') return whyFailed(end, outcome, known);
  const isToBeDeleted = outcome === undefined || DELETED.includes(outcome.result);
  return isToBeDeleted && isCutOff(end, known) ? 'a kill' : undefined;
}

function whyFailed({ watcher }, { reason }, { hasFewIds, hasLittleMemory }) {
  if (/by the kernel/.test(reason)) return "the kernel's kill for memory";
  if (/maxJobDuration/.test(reason)) return 'the time limit';
  if (hasLittleMemory(watcher) && KILLED.test(reason)) return 'a kill for memory, by its looks';
  // A shell, or what it has run, that could start no program.
  return hasFewIds(watcher) && /exit code \d+/.test(reason) ? 'a lack of ids' : undefined;
}

/** Also what a job still does while the watcher is gone already. */
const isCutOff = ({ watcher, atMs }, { killedAtMs }) =>
  Math.abs(killedAtMs.get(watcher) - atMs) <= SETTLE_WITHIN_MS;

/**
 * The message is there still beside its copy, since who sent that was killed before it could delete it: perhaps even before
 * it could say that it had sent it.
 */
function isLeftBehind(ends, { killedAtMs, outcomes: { sendersOf } }) {
  const ids = [...new Set(ends.map(({ messageId }) => messageId))];
  return ids.length > 1 && ids.some((id) => sendersOf(id).some((watcher) => killedAtMs.has(watcher)));
}

/**
 * Why each try of a dead letter did not lead to its deletion; undefined where one of them is not known.
 */
export function explainDead({ starts, ends }, { kind }, known) {
  if (starts.length === 0) return undefined;
  const isDone = ends.length > 0;
  const reasons = starts.map((start) => whyUndone(start, kind, known));
  const all = [...new Set(reasons)].join(' and ');
  return reasons.every(Boolean) ? `${all}${isDone ? ', done before' : ''}` : undefined;
}

function whyUndone(start, kind, known) {
  const outcome = known.outcomes.outcomeOf(start);
  if (outcome === undefined) return known.killedAtMs.has(start.watcher) ? 'a kill' : undefined;
  const { result, reason } = outcome;
  if (UNCOUNTED.includes(result)) return result;
  if (DELETED.includes(result)) return isCutOff(start, known) ? 'a kill' : undefined;
  return MADE[kind]?.test(reason) ? 'its first end' : whyFailed(start, outcome, known);
}
