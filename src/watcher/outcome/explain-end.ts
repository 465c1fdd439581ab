import { COUNTED_RESULTS } from '../../contract/log';
import type { MemoryKills } from '../task/memory-kills';
import type { WorkerEnd } from '../worker/run-worker';
import type { Decision } from './decide';

/** As a shell says of the program that it waited for: 128 and the signal. */
const KILLED_CODE = 137;

const NO_MEMORY = "the container's memory was used up";

/**
 * Names the kernel as the one who ended a worker. Where a worker failed otherwise, a process of it may have been ended, or
 * one of another job: that is said, too, and takes nothing from whom it was.
 */
export function explainMemoryKill(
  decision: Decision,
  end: WorkerEnd,
  { memoryKills, before }: { memoryKills: Pick<MemoryKills, 'count' | 'take'>; before: number },
): Decision {
  // Who was stopped was killed by the watcher.
  if (end.kind !== 'exited' || end.stopped !== undefined) return decision;
  if (!COUNTED_RESULTS.includes(decision.result)) return decision;
  const isItself = end.signal === 'SIGKILL' || end.code === KILLED_CODE;
  const isExplained = isItself ? memoryKills.take(before) : memoryKills.count() > before;
  if (!isExplained) return decision;
  const who = isItself ? 'killed by the kernel' : 'a process in the container was killed by the kernel';
  return { ...decision, reason: `${decision.reason}: ${who}, since ${NO_MEMORY}` };
}
