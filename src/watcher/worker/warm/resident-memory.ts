import { readdir, readFile } from 'node:fs/promises';

/**
 * MiB of memory that is held by each process with all below it, and by each process group, by its id. Shared pages count
 * for each process that has them.
 */
export type ReadResidentMemory = () => Promise<ReadonlyMap<number, number>>;

const MIB = 1024 * 1024;

/** Fields of `/proc/PID/stat` behind the name: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const PARENT_FIELD = 1;
const GROUP_FIELD = 2;
const RESIDENT_PAGES_FIELD = 21;

/** A page of Linux on x86_64, and of the kernels that ECS has on arm64. */
const PAGE_BYTES = 4096;

/** Empty where there is no `/proc`, as on a developer's Mac. Never rejects. */
export const readResidentMemory: ReadResidentMemory = async () => {
  const entries = await readdir('/proc').catch(() => []);
  const processes = entries.filter((name) => /^\d+$/.test(name));
  // A process that has ended meanwhile has no file any more.
  const stats = await Promise.all(
    processes.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
  );
  return sums(new Map(processes.map((pid, index) => [Number(pid), held(stats[index] ?? '')])));
};

interface Held {
  parent: number;
  group: number;
  mib: number;
}

function held(stat: string): Held {
  // The name of a program is in parentheses, and may have some of its own.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    parent: Number(fields[PARENT_FIELD] ?? 0),
    group: Number(fields[GROUP_FIELD] ?? 0),
    mib: (Number(fields[RESIDENT_PAGES_FIELD] ?? 0) * PAGE_BYTES) / MIB,
  };
}

function sums(processes: ReadonlyMap<number, Held>): Map<number, number> {
  const all = new Map<number, number>();
  for (const [pid, { group, mib }] of processes) {
    const above = new Set<number>();
    // What was read one after the other may be a circle: each is looked at once.
    for (let at = pid; at > 0 && !above.has(at); at = processes.get(at)?.parent ?? 0) above.add(at);
    const holders = above.add(group);
    for (const holder of holders) if (mib > 0) all.set(holder, (all.get(holder) ?? 0) + mib);
  }
  return all;
}
