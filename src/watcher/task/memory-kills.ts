import { readFileSync } from 'node:fs';

/** Where the kernel counts whom it has killed in this container: cgroup v2, and v1. */
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

/** Undefined where it is not counted, as outside of containers. */
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

/** Kills by the kernel, each of which explains the end of one worker. */
export class MemoryKills {
  private readonly read: () => number | undefined;
  private explained: number;

  constructor(read: () => number | undefined) {
    this.read = read;
    this.explained = read() ?? 0;
  }

  /** Whether there was one that no other worker's end was explained by. */
  take(): boolean {
    if ((this.read() ?? 0) <= this.explained) return false;
    this.explained += 1;
    return true;
  }
}
