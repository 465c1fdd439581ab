// What watchers said of the messages, beside what workers said: see ledger.mjs.
import logLines from '../../dist/contract/log-lines.js';
import sentAnew from '../../dist/contract/sent-anew.js';

/** Between a worker's end and the deletion of its message lie a short wait for others and one call. */
const SETTLE_WITHIN_MS = 5_000;

/** Also as `setsid` says it. */
const MADE = { fails: /exit code 1$/, killed: /SIGKILL|exit code (137|9)$/ };

/** @returns outcomeOf: of one receive; senderOf: who sent a copy */
export function readOutcomes(watchers) {
  const outcomes = new Map();
  const senders = new Map();
  for (const { name, log } of watchers) {
    for (const text of log().split('\n')) {
      const line = logLines.readLine(text);
      const { messageId, outcome } = line;
      if (outcome) outcomes.set(nameOf({ watcher: name, messageId, receives: outcome.receives }), outcome);
      const copyId = sentAnew.copyIdIn(line);
      if (copyId) senders.set(copyId, { name, messageId });
    }
  }
  return {
    all: () => [...outcomes.values()],
    outcomeOf: (entry) => outcomes.get(nameOf(entry)),
    senderOf: (messageId) => senders.get(messageId),
  };
}

const nameOf = ({ watcher, messageId, receives }) => `${watcher} ${messageId} ${receives}`;

/**
 * Of a message that was done more than once: for each end but one there is what kept the watcher from deleting it.
 * @returns the reasons, or undefined
 */
export function explainTwice({ ends }, { killedAtMs }, outcomes) {
  const reasons = ends.map((end) => reasonOf(end, killedAtMs, outcomes)).filter(Boolean);
  const isCopied = ends.some(({ messageId }) => isLeftBehind(messageId, ends, { killedAtMs, outcomes }));
  if (isCopied) reasons.push('a kill between a copy and a deletion');
  return reasons.length >= ends.length - 1 ? [...new Set(reasons)].join(' and ') : undefined;
}

function reasonOf(end, killedAtMs, { outcomeOf }) {
  const outcome = outcomeOf(end);
  if (outcome?.result === 'released') return 'a stop';
  if (/by the kernel/.test(outcome?.reason)) return "the kernel's kill for memory";
  if (/maxJobDuration/.test(outcome?.reason)) return 'the time limit';
  if (outcome !== undefined && outcome.result !== 'success') return undefined;
  const killedMs = killedAtMs.get(end.watcher);
  const isKilled = killedMs >= end.atMs && killedMs - end.atMs <= SETTLE_WITHIN_MS;
  return isKilled ? 'a kill' : undefined;
}

/** The message is there still, since who sent the copy was killed before it could delete it. */
function isLeftBehind(messageId, ends, { killedAtMs, outcomes: { senderOf } }) {
  const sender = senderOf(messageId);
  return (
    sender !== undefined && killedAtMs.has(sender.name) && ends.some((end) => end.messageId !== messageId)
  );
}

/**
 * Why each try of a message that was never done came to nothing; undefined where one of them is not known.
 * @param hasFewIds of a watcher, by its name
 */
export function explainDead({ starts, ends }, { kind }, known) {
  if (ends.length > 0 || starts.length === 0) return undefined;
  const reasons = starts.map((start) => whyUndone(start, kind, known));
  return reasons.every(Boolean) ? [...new Set(reasons)].join(' and ') : undefined;
}

function whyUndone(start, kind, { killedAtMs, hasFewIds, outcomes: { outcomeOf } }) {
  const outcome = outcomeOf(start);
  if (outcome === undefined) return killedAtMs.has(start.watcher) ? 'a kill' : undefined;
  const { result, reason } = outcome;
  if (result === 'released' || result === 'noop') return result;
  if (result !== 'failure') return undefined;
  if (/by the kernel/.test(reason)) return "the kernel's kill for memory";
  if (/maxJobDuration/.test(reason)) return 'the time limit';
  if (MADE[kind]?.test(reason)) return 'its first end';
  // A shell, or what it has run, that could start no program.
  return hasFewIds(start.watcher) && /exit code \d+/.test(reason) ? 'a lack of ids' : undefined;
}
