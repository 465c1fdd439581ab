import { readFileSync } from 'node:fs';
import { COUNTED_RESULTS } from '../../contract/outcomes';
import type { WorkerEnd } from '../worker/run-worker';
import type { Decision } from './decide';

/** Where the kernel counts the processes that it has killed in this container: cgroup v2, and v1. */
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

/** Undefined if nobody counts, such as outside of containers. */
export function readMemoryKills(files: readonly string[] = COUNTERS): number | undefined {
  for (const file of files) {
    const count = countIn(file);
    if (count !== undefined) return count;
  }
  return undefined;
}

function countIn(file: string): number | undefined {
  try {
    const [, count] = /^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}

/** How many kills are remembered as explained: jobs that an older one could have ended are long over. */
const MOST_REMEMBERED = 1_000;

/** Kills by the kernel, by their numbers. Only a kill that came after a job had begun can have ended that job. */
export class MemoryKills {
  private readonly read: () => number | undefined;
  /** Numbers of kills, each of which has explained the end of one worker. */
  private readonly explained = new Set<number>();

  constructor(read: () => number | undefined) {
    this.read = read;
  }

  /** How many kills there have been so far. */
  count(): number {
    return this.read() ?? 0;
  }

  /** Whether there was a kill after the first `before` ones that has explained no other worker's end. */
  take(before: number): boolean {
    const count = this.count();
    for (let number = before + 1; number <= count; number += 1) {
      if (this.explained.has(number)) continue;
      this.remember(number);
      return true;
    }
    return false;
  }

  private remember(number: number): void {
    this.explained.add(number);
    const [oldest] = this.explained;
    if (this.explained.size > MOST_REMEMBERED && oldest !== undefined) this.explained.delete(oldest);
  }
}

/** How a shell reports that its program was killed: 128 plus the signal. */
const KILLED_CODE = 137;

const NO_MEMORY = "the container's memory was used up";

/**
 * Names the kernel as the one who killed a worker. If a worker failed in another way, the kernel may have killed one of its
 * processes, or one of another job: that is said, too, and the kill may still explain another end.
 */
export function explainMemoryKill(
  decision: Decision,
  end: WorkerEnd,
  { memoryKills, before }: { memoryKills: Pick<MemoryKills, 'count' | 'take'>; before: number },
): Decision {
  // A worker that was stopped was killed by the watcher.
  if (end.kind !== 'exited' || end.stopped !== undefined) return decision;
  if (!COUNTED_RESULTS.includes(decision.result)) return decision;
  const isItself = end.signal === 'SIGKILL' || end.code === KILLED_CODE;
  const isExplained = isItself ? memoryKills.take(before) : memoryKills.count() > before;
  if (!isExplained) return decision;
  const who = isItself ? 'killed by the kernel' : 'a process in the container was killed by the kernel';
  return { ...decision, reason: `${decision.reason}: ${who}, since ${NO_MEMORY}` };
}
