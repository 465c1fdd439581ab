import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { clearTimeout } from 'node:timers';
import { own } from '../chaos/owned.mjs';

const WORKER = path.join(import.meta.dirname, 'worker.sh');

/** Of the workers that are killed, so many leave `watchbot-progress` behind: it goes on, and nobody takes its answer. */
const ORPHAN_SHARE = 0.25;

/** How long a run takes: known by those before it, of which one that waits for a lease tells little. */
const FIRST_TYPICAL_MS = 300;

/** Workers of one job, of which some are killed, at any point of what they do. */
export function createWorkers({ random, ledger, environment, killShare }) {
  let count = 0;
  let typicalMs = FIRST_TYPICAL_MS;
  const planKill = (child) => {
    const plan = { isShot: false, timer: undefined };
    if (random.next() >= killShare) return plan;
    const pid = random.next() < ORPHAN_SHARE ? child.pid : -child.pid;
    const shoot = () => {
      plan.isShot = true;
      kill(pid);
    };
    plan.timer = setTimeout(shoot, random.between(0, typicalMs));
    return plan;
  };
  /** Runs a worker for the message: whether it was done, and how else it ended. */
  const run = async (message) => {
    count += 1;
    const name = `run-${count}`;
    const begin = performance.now();
    ledger.write('start', name);
    const child = start(message, { ...environment, RUN: name });
    const plan = planKill(child);
    const said = text(child.stderr);
    const [code, signal] = await once(child, 'exit');
    clearTimeout(plan.timer);
    ledger.write(signal === null ? 'ended' : 'killed', name);
    if (signal === null) typicalMs += (Math.min(performance.now() - begin, 2 * typicalMs) - typicalMs) / 10;
    return {
      isDone: code === 0,
      isKilled: signal !== null,
      isAccident: signal !== null && !plan.isShot,
      said,
    };
  };
  return { run };
}

/** In a process group of its own, so that it can be killed with all that it has started. */
function start(message, environment) {
  const env = { ...environment, Message: message, MessageId: `message-${message}` };
  const child = spawn('/bin/sh', [WORKER], { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env });
  let isOver = false;
  const dispose = own(() => Promise.resolve(isOver || kill(-child.pid)));
  // Standard error is closed when the last of the group has ended.
  child.once('close', () => {
    isOver = true;
    void dispose();
  });
  return child;
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has just ended.
    if (error.code !== 'ESRCH') throw error;
  }
}
