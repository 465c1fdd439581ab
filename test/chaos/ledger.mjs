import { appendFileSync, readFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import { own } from './owned.mjs';

const TICK_MS = 100;

/**
 * What workers have done, by their own word: a line for each start and each end, in the order in which they were
 * written. The time stands between them, and so does the end of each watcher that was killed.
 */
export function openLedger(file) {
  const write = (...words) => appendFileSync(file, `${words.join(' ')}\n`);
  write('time', 0);
  const begin = performance.now();
  const elapsedMs = () => Math.round(performance.now() - begin);
  const ticks = setInterval(() => write('time', elapsedMs()), TICK_MS);
  const end = own(() => Promise.resolve(clearInterval(ticks)));
  return { file, write, end, read: () => parse(readFileSync(file, 'utf8')) };
}

/**
 * @returns messages: id → starts and ends, each by whom, when and in which line; killedAtMs: watcher → when; jumpsMs: of
 * the clock; odd: lines by workers that are never to be there
 */
function parse(text) {
  const messages = new Map();
  const killedAtMs = new Map();
  const jumpsMs = [];
  const odd = [];
  let nowMs = 0;
  for (const [number, line] of text.split('\n').entries()) {
    const [kind, id, watcher, receives, messageId = id] = line.split(' ');
    if (kind === 'time') nowMs = Number(id);
    if (kind === 'killed') killedAtMs.set(id, nowMs);
    if (kind === 'jump') jumpsMs.push(nowMs);
    if (kind === 'stray' || kind === 'wrong') odd.push(line);
    if (kind !== 'start' && kind !== 'end') continue;
    const message = messages.get(id) ?? { starts: [], ends: [] };
    messages.set(id, message);
    message[`${kind}s`].push({ watcher, atMs: nowMs, line: number, receives: Number(receives), messageId });
  }
  return { messages, killedAtMs, jumpsMs, odd };
}

export function doneOf({ messages }) {
  return [...messages.values()].filter(({ ends }) => ends.length > 0).length;
}

/** Between a worker's end and the deletion of its message lie a short wait for others and one call. */
const SETTLE_WITHIN_MS = 5_000;

/** Done twice because the watcher that had it was killed before it could delete the message. */
export function isExplainedByKills({ ends }, { killedAtMs }) {
  return ends.slice(0, -1).every(({ watcher, atMs }) => {
    const killedMs = killedAtMs.get(watcher);
    return killedMs !== undefined && killedMs >= atMs && killedMs - atMs <= SETTLE_WITHIN_MS;
  });
}
