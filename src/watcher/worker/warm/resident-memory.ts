import { readdir, readFile } from 'node:fs/promises';
import { parseStatus, type ProcessStatus } from '../process-status';

/**
 * MiB of memory that is held by each process with all below it, and by each process group, by its id. Shared pages count
 * for each process that has them.
 */
export type ReadResidentMemory = () => Promise<ReadonlyMap<number, number>>;

const MIB = 1024 * 1024;

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
  return sums(new Map(processes.map((pid, index) => [Number(pid), parseStatus(stats[index] ?? '')])));
};

function sums(processes: ReadonlyMap<number, ProcessStatus>): Map<number, number> {
  const all = new Map<number, number>();
  for (const [pid, { group, residentPages }] of processes) {
    const mib = (residentPages * PAGE_BYTES) / MIB;
    const above = new Set<number>();
    // What was read one after the other may be a circle: each is looked at once.
    for (let at = pid; at > 0 && !above.has(at); at = processes.get(at)?.parent ?? 0) above.add(at);
    const holders = above.add(group);
    for (const holder of holders) if (mib > 0) all.set(holder, (all.get(holder) ?? 0) + mib);
  }
  return all;
}
