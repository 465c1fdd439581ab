import { widestBounds } from '../scaling/choose-policy';

/** A worker, as it was given or complete. */
interface Sleeper {
  queue: { arn?: unknown };
  scaling: Parameters<typeof widestBounds>[0] & { awake?: boolean | undefined };
}

/** Why a queue is not kept from falling asleep, whatever `scaling.awake` says; undefined where it can be. */
export function whyNeverAwake({ queue, scaling }: Sleeper): string | undefined {
  // Its tags are its owner's.
  if (queue.arn !== undefined) return '`queue.arn`';
  // A task asks for messages all the time.
  const { min } = widestBounds(scaling);
  return min > 0 ? `\`scaling.min: ${scaling.min}\`` : undefined;
}

/** Whether the metrics of a worker's queue are kept from falling asleep. */
export const isKeptAwake = (worker: Sleeper): boolean =>
  worker.scaling.awake !== false && whyNeverAwake(worker) === undefined;
