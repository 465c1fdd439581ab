import type { Clock } from './clock';
import type { Logger } from './log/logger';
import type { EventSource } from './message/sqs-event';
import { runBatch } from './outcome/run-batch';
import type { HandlerSettings, Settings } from './settings';
import { createSlots, type Slots } from './slots';
import type { WorkerCommand } from './worker/command';
import { startByNode } from './worker/node-spawn';
import type { StartWorker } from './worker/start-worker';
import { readResidentMemory } from './worker/warm/resident-memory';
import { WarmPool } from './worker/warm/warm-pool';
import { WarmWorker } from './worker/warm/warm-worker';
import type { Workers } from './workers';

export interface HandlerWorkersParts
  extends
    Pick<HandlerSettings, 'batchSize' | 'maxInvocations' | 'workerMemoryMiB'>,
    Pick<Settings, 'concurrency' | 'maxJobDurationSeconds'> {
  /** By Node's own way, unless given. */
  start?: StartWorker;
  command: WorkerCommand;
  /** Of each worker, but for the address of its Runtime API. */
  environment: Readonly<Record<string, string | undefined>>;
  functionArn: string;
  source: EventSource;
  stopping: AbortSignal;
  clock: Clock;
  timeOfDay: Pick<Clock, 'now'>;
  random: () => number;
  log: Logger;
}

export interface HandlerWorkers extends Workers {
  /** Each is replaced, after the invocation that it is at. */
  reload(): void;
}

/** Processes that stay, and take one batch after the other. */
export function createHandlerWorkers(parts: HandlerWorkersParts): HandlerWorkers {
  // None is free before its worker asks for an invocation.
  const slots = createSlots(parts.concurrency, parts.concurrency);
  const pool = new WarmPool({
    ...parts,
    slots,
    readResidentMemory,
    // They are started rarely: Node's own way needs nobody between, and so their last lines are here with their answer.
    start: (callbacks) => WarmWorker.start({ start: startByNode, ...parts, ...callbacks }),
  });
  pool.begin();
  return {
    slots,
    batchSize: parts.batchSize,
    start: (jobs) => runBatch(jobs, { ...parts, takeWorker: () => takeWorker(pool, slots) }),
    // The pool frees the slot, when its worker asks for more.
    done: () => undefined,
    kill: () => {
      pool.kill();
    },
    close: () => pool.close(),
    reload: () => {
      pool.reload();
    },
  };
}

/** Without a worker nobody will ask for more: the slot that the loop took is given back here. */
async function takeWorker(pool: WarmPool, slots: Slots): Promise<WarmWorker | undefined> {
  const worker = await pool.take();
  if (worker === undefined) slots.release();
  return worker;
}
