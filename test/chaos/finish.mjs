import { MAX_RECEIVES } from './emulator.mjs';

/**
 * Ends what still runs, and counts from the ledger what happened to each message.
 * @param isExplained whether there is a reason that a message was done more than once; it may return the reason
 * @param isDeadExpected whether a message was expected to become a dead letter
 */
export async function finishRun(run, { isExplained, isDeadExpected = () => false }) {
  const { queue, ledger, watchers, emulator, problems } = run;
  const requests = await emulator.requests();
  const ends = await watchers.stopAll();
  const seconds = run.elapsedSeconds();
  // No watcher has a message in hand any more, so each message is in one place.
  const places = await queue.places();
  await ledger.end();
  await emulator.end();
  ends.forEach(({ name, end }) => run.check(end === 0, `${name} ended with ${end}`));
  const read = ledger.read();
  const counted = count(queue.sent, read, places);
  const { histories, lost, left, dead, undeleted, interrupted } = counted;
  const twice = histories.filter((history) => history.ends.length > 1);
  const reasons = twice.map((history) => isExplained(history, read)).filter(Boolean);
  const explained = reasons.length;
  if (reasons.some((reason) => reason !== true)) run.notes.push(`done twice: ${tally(reasons)}`);
  const isDead = ({ id }) => places.get(id) === 'dead';
  const unexpected = histories.filter((history) => isDead(history) && !isDeadExpected(history, read)).length;
  if (interrupted > 0) run.notes.push(`${interrupted} messages were begun more often than they were done`);
  if (lost > 0) problems.push(`${lost} lost: not done, not in the queue, no dead letters`);
  if (left > 0) problems.push(`${left} left in the queue when the time was over, and not done`);
  if (undeleted > 0) problems.push(`${undeleted} done, and still in the queue when the time was over`);
  if (unexpected > 0) problems.push(`${unexpected} dead letters`);
  if (explained < twice.length) problems.push(`${twice.length - explained} done twice, and nothing says why`);
  return {
    ...{ name: run.name, messages: histories.length, done: counted.done, lost, left, dead },
    ...{ twice: twice.length, explained, receives: mostReceives(read), kills: run.kills },
    ...{ requestsPerSecond: requests / seconds, perMessage: requests / histories.length },
    ...{ seconds, problems, notes: run.notes },
  };
}

/** @returns how often each word is in the list, as text */
export function tally(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, times]) => `${times} by ${word}`).join(', ') || 'none';
}

/**
 * Counts each message once as done, lost, left or dead; `undeleted` ones are done as well.
 * @param places where the remaining messages are, after all watchers have ended: see emulator.mjs
 */
export function count(sent, { messages }, places) {
  const histories = [...sent.keys()].map((id) => ({ id, starts: [], ends: [], ...messages.get(id) }));
  const isDone = ({ ends }) => ends.length > 0;
  const undone = histories.filter((history) => !isDone(history));
  const isInQueue = ({ id }) => places.has(id) && places.get(id) !== 'dead';
  return {
    histories,
    done: histories.length - undone.length,
    lost: undone.filter(({ id }) => !places.has(id)).length,
    left: undone.filter(isInQueue).length,
    // Includes messages that were done, but received too often nevertheless.
    dead: histories.filter(({ id }) => places.get(id) === 'dead').length,
    undeleted: histories.filter((history) => isDone(history) && isInQueue(history)).length,
    interrupted: histories.filter(({ starts, ends }) => starts.length > ends.length).length,
  };
}

/** The most receives that a message needed until it was first done. */
export function mostReceives({ messages }) {
  return [...messages.values()].reduce((most, { ends }) => Math.max(most, ends[0]?.receives ?? 0), 0);
}

/** @returns how many messages needed how many receives until they were first done, as text */
export function describeReceives({ messages }) {
  const counts = new Map();
  for (const { ends } of messages.values()) {
    const receives = ends[0]?.receives;
    if (receives !== undefined) counts.set(receives, (counts.get(receives) ?? 0) + 1);
  }
  const parts = [...counts].toSorted(([one], [other]) => one - other);
  return `receives used up, of ${MAX_RECEIVES}: ${parts.map(([receives, all]) => `${receives} by ${all}`).join(', ')}`;
}
