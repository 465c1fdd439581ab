import { readdir, readFile } from 'node:fs/promises';

/** MiB of memory that each process group holds, by its id. Shared pages count for each process that has them. */
export type ReadResidentMemory = () => Promise<ReadonlyMap<number, number>>;

const MIB = 1024 * 1024;

/** Fields of `/proc/PID/stat` behind the name: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const GROUP_FIELD = 2;
const RESIDENT_PAGES_FIELD = 21;

/** A page of Linux on x86_64, and of the kernels that ECS has on arm64. */
const PAGE_BYTES = 4096;

/** Empty where there is no `/proc`, as on a developer's Mac. Never rejects. */
export const readResidentMemory: ReadResidentMemory = async () => {
  const groups = new Map<number, number>();
  const entries = await readdir('/proc').catch(() => []);
  const processes = entries.filter((name) => /^\d+$/.test(name));
  // A process that has ended meanwhile has no file any more.
  const stats = await Promise.all(
    processes.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
  );
  for (const stat of stats) {
    // The name of a program is in parentheses, and may have some of its own.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const group = Number(fields[GROUP_FIELD]);
    const mib = (Number(fields[RESIDENT_PAGES_FIELD]) * PAGE_BYTES) / MIB;
    if (group > 0 && mib > 0) groups.set(group, (groups.get(group) ?? 0) + mib);
  }
  return groups;
};
