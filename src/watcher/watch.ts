import type { Clock } from './clock';
import type { Logger } from './log/logger';
import { toJob, type Job } from './message/job';
import { decideRelease } from './outcome/decide';
import type { Heartbeat } from './outcome/heartbeat';
import type { RunningJob } from './outcome/run-job';
import type { Settle } from './outcome/settle';
import { MAX_BATCH, type ReceivedMessage } from './queue/queue';
import type { Poll } from './queue/poll';
import { createSlots } from './slots';
import type { Protection } from './task/protection';

export interface WatchParts {
  poll: Poll;
  startJob: (job: Job) => RunningJob;
  heartbeat: Heartbeat;
  settle: Settle;
  protection: Protection;
  /** Called when no worker runs: mounts can be emptied. */
  onIdle: () => Promise<void>;
  concurrency: number;
  /** One job, then the watcher ends by itself. */
  isFreshContainerPerJob: boolean;
  /** Given when the task is to end: no further poll is begun. */
  stopping: AbortSignal;
  /** How long workers get then. */
  drainMs: number;
  clock: Clock;
  log: Logger;
}

/**
 * The loop: receive, work, settle. It ends when it is told to stop, with nothing in hand, and for no other reason.
 */
export async function watch(parts: WatchParts): Promise<void> {
  const { stopping, drainMs } = parts;
  const slots = createSlots(parts.concurrency);
  const running = new Set<RunningJob>();
  const pending = new Set<Promise<void>>();
  stopping.addEventListener('abort', () => running.forEach((job) => job.stop('shutdown', drainMs)), {
    once: true,
  });

  const accept = (message: ReceivedMessage) => {
    const job = toJob(message, parts.clock.now());
    if (stopping.aborted) return track(pending, parts.settle(job, decideRelease()));
    slots.take();
    if (slots.busy === 1) parts.protection.busy();
    track(pending, work(job, parts, running, onWorked));
  };
  /** The worker has ended: its slot takes the next message while this one is being settled. */
  const onWorked = async () => {
    if (slots.busy === 1) await parts.onIdle();
    slots.release();
    if (slots.busy === 0) parts.protection.idle();
  };

  while (!stopping.aborted) {
    await slots.whenFree();
    if (stopping.aborted) break;
    const messages = await parts.poll(Math.min(MAX_BATCH, slots.free));
    messages.forEach(accept);
    if (parts.isFreshContainerPerJob && messages.length > 0) break;
  }
  await slots.whenAllFree();
  await Promise.all(pending);
}

/** One message from hand to settled. Never rejects: one bad message does not end the loop. */
async function work(
  job: Job,
  parts: WatchParts,
  running: Set<RunningJob>,
  onWorked: () => Promise<void>,
): Promise<void> {
  parts.heartbeat.hold(job);
  const started = parts.startJob(job);
  running.add(started);
  const settlement = await started.settled;
  running.delete(started);
  const settled = parts.heartbeat.letGo(job).then(() => parts.settle(job, settlement));
  await onWorked();
  await settled;
}

function track(pending: Set<Promise<void>>, promise: Promise<void>): void {
  pending.add(promise);
  void promise.finally(() => pending.delete(promise));
}
