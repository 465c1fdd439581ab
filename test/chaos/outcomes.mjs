// What the logs of watchers say about messages. What workers say is in ledger.mjs.
import logLines from '../../dist/contract/log-lines.js';

/** Time within which a message is deleted after its worker's end: a short wait for a batch, and one call. */
const SETTLE_WITHIN_MS = 5_000;

const DELETED = ['success', 'rejected'];
/** Outcomes after which the watcher may send the message anew. */
const UNCOUNTED = ['released', 'noop'];

/** Ways in which a log says that a worker was killed. `setsid` exits with 9. */
const KILLED = /SIGKILL|exit code (137|9)$/;
const MADE = { fails: /exit code 1$/, killed: KILLED };

/**
 * @returns outcomeOf: the outcome of a receive; sendersOf: watchers that sent a message as a copy, or may have copied
 * it
 */
export function readOutcomes(watchers) {
  const outcomes = new Map();
  const senders = [];
  for (const { name, log } of watchers) {
    for (const text of log().split('\n')) {
      const line = logLines.readLine(text);
      const { messageId, outcome } = line;
      if (outcome) outcomes.set(nameOf({ watcher: name, messageId, receives: outcome.receives }), outcome);
      if (UNCOUNTED.includes(outcome?.result)) senders.push({ name, id: messageId });
      const copyId = logLines.copyIdIn(line);
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
 * Explains why a message was done more than once: for all ends but one, something kept the watcher from deleting it.
 * @param known hasFewIds, hasLittleMemory: whether the watcher of that name had few process ids, or little memory
 * @returns the reasons, or undefined if they do not explain every repeat
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
  // The shell, or a program that it ran, could not start another program.
  return hasFewIds(watcher) && /exit code \d+/.test(reason) ? 'a lack of ids' : undefined;
}

/** Whether the watcher was killed about then. A job may go on for a moment after its watcher is gone. */
const isCutOff = ({ watcher, atMs }, { killedAtMs }) =>
  Math.abs(killedAtMs.get(watcher) - atMs) <= SETTLE_WITHIN_MS;

/**
 * Whether a message was left in the queue beside its copy, because the watcher that sent the copy was killed before it
 * could delete the message, or even before it could log the copy.
 */
function isLeftBehind(ends, { killedAtMs, outcomes: { sendersOf } }) {
  const ids = [...new Set(ends.map(({ messageId }) => messageId))];
  return ids.length > 1 && ids.some((id) => sendersOf(id).some((watcher) => killedAtMs.has(watcher)));
}

/** @returns why no try of a dead letter led to its deletion, or undefined if a try is not explained */
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
