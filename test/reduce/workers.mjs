import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { clearTimeout } from 'node:timers';
import { own } from '../chaos/owned.mjs';

const WORKER = path.join(import.meta.dirname, 'worker.sh');

/** Share of killed workers that leave `watchbot-progress` running, with nobody to read its answer. */
const ORPHAN_SHARE = 0.25;

/**
 * Expected time of a first run. Later runs are estimated from those before, where long waits for a lease count little.
 */
const FIRST_TYPICAL_MS = 300;

/** Runs the workers of one job. Some are killed at a random moment. */
export function createWorkers({ random, ledger, environment, killShare }) {
  let count = 0;
  let typicalMs = FIRST_TYPICAL_MS;
  const planKill = (child) => {
    const plan = { isKilled: false, timer: undefined };
    if (random.next() >= killShare) return plan;
    const pid = random.next() < ORPHAN_SHARE ? child.pid : -child.pid;
    const killNow = () => {
      plan.isKilled = true;
      kill(pid);
    };
    plan.timer = setTimeout(killNow, random.between(0, typicalMs));
    return plan;
  };
  /** Runs a worker for the message. @returns whether it succeeded, or how it ended */
  const run = async (message) => {
    count += 1;
    const name = `run-${count}`;
    const begin = performance.now();
    ledger.write('start', name);
    const child = start(message, { ...environment, RUN: name });
    const plan = planKill(child);
    const errorOutput = text(child.stderr);
    const [code, signal] = await once(child, 'exit');
    clearTimeout(plan.timer);
    ledger.write(signal === null ? 'ended' : 'killed', name);
    if (signal === null) typicalMs += (Math.min(performance.now() - begin, 2 * typicalMs) - typicalMs) / 10;
    return {
      isDone: code === 0,
      isKilled: signal !== null,
      isAccident: signal !== null && !plan.isKilled,
      errorOutput,
    };
  };
  return { run };
}

/** Starts a worker in a new process group, so that it can be killed with everything that it has started. */
function start(message, environment) {
  const env = { ...environment, Message: message, MessageId: `message-${message}` };
  const child = spawn('/bin/sh', [WORKER], { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env });
  let isOver = false;
  const dispose = own(() => Promise.resolve(isOver || kill(-child.pid)));
  // Standard error closes when the last process of the group has ended.
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
    // The process has just ended.
    if (error.code !== 'ESRCH') throw error;
  }
}
