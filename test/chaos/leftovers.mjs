import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;
const GONE_WITHIN_MS = 5_000;

/**
 * Waits until everything that a watcher has started is gone, and reports a problem if that takes too long. Processes
 * are found by the watcher's group, or without one by their environment or command line.
 * @returns how long it took, in ms
 */
export async function whenAllGone(run, watcher) {
  const beginMs = performance.now();
  for (;;) {
    const left = watcher.group?.members() ?? marked(watcher, run.ledger.file);
    const ms = performance.now() - beginMs;
    if (left.length === 0) return ms;
    if (ms > GONE_WITHIN_MS) {
      const names = left.map((pid) => commandOf(pid).replaceAll('\0', ' ').trim()).join('; ');
      run.problems.push(`left by ${watcher.name}: ${names}`);
      return ms;
    }
    await sleep(POLL_MS);
  }
}

function marked({ name }, ledgerFile) {
  const isMarked = (pid) => {
    const text = `${textOf(pid, 'environ')}\0${commandOf(pid)}`;
    const isOwn = text.includes(`CHAOS_WATCHER=${name}\0`) || text.includes(` ${name} `);
    return isOwn && text.includes(ledgerFile);
  };
  return readdirSync('/proc').filter((each) => /^\d+$/.test(each) && isMarked(each));
}

const commandOf = (pid) => textOf(pid, 'cmdline');

function textOf(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
