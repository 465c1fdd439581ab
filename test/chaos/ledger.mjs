import { appendFileSync, readFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import { own } from './owned.mjs';

const TICK_MS = 100;

/**
 * A file to which workers append a line at each start and each end. Between these lines, the harness writes the time,
 * and the name of each watcher that it kills.
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
 * @returns messages: id → starts and ends, each with watcher, time and line number; killedAtMs: watcher → time of its
 * kill; jumpsMs: when the clock jumped; odd: lines that no worker should ever write
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

/** Time within which a message is deleted after its worker's end: a short wait for a batch, and one call. */
const SETTLE_WITHIN_MS = 5_000;

/** Whether a message was done again only because its watcher was killed before it could delete the message. */
export function isExplainedByKills({ ends }, { killedAtMs }) {
  return ends.slice(0, -1).every(({ watcher, atMs }) => {
    const killedMs = killedAtMs.get(watcher);
    return killedMs !== undefined && killedMs >= atMs && killedMs - atMs <= SETTLE_WITHIN_MS;
  });
}
