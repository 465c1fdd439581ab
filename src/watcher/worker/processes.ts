import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { MIB } from '../../shared/sizes';
import type { Remains } from './run-worker';

/** Signals a worker's process group, which it leads: that reaches what it started, as long as it stays in the group. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: all of it has ended already. EPERM: what is left belongs to another user.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/** Signals a launcher that keeps one worker for Node: it tells all of the worker's processes to end, or kills them. */
export function signalKeeper(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(pid, signal === 'SIGKILL' ? 'SIGUSR1' : 'SIGTERM');
  } catch {
    // It has just ended.
  }
}

/** How often the group is looked at. */
const PERIOD_MS = 20;

/** How long processes that were killed may take to end. */
const LONGEST_END_MS = 10_000;

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, PERIOD_MS));

/** A process group whose leader, the worker, has ended and was waited for. */
export class LeaderlessGroup {
  private readonly id: number;
  private killedAtMs: number | undefined;
  /** Names of the processes that were killed. */
  private killed: readonly string[] | undefined;

  constructor(id: number) {
    this.id = id;
  }

  signal(signal: NodeJS.Signals): void {
    const members = this.members();
    if (members.length === 0) return;
    signalGroup(this.id, signal);
    if (signal !== 'SIGKILL') return;
    this.killedAtMs ??= performance.now();
    this.killed ??= members;
  }

  /** Resolves when the group is empty. If it was told to end, it has until somebody kills it. */
  async end(isTold: boolean): Promise<Remains | undefined> {
    // It may have been killed already, since it held the output open for too long.
    const left = this.killed ?? this.members();
    if (left.length === 0) return undefined;
    if (!isTold) this.signal('SIGKILL');
    let stuckCount = this.members().length;
    while (stuckCount > 0 && !this.isOutOfTime()) {
      await pause();
      stuckCount = this.members().length;
    }
    return { leftCount: isTold ? 0 : left.length, leftNames: [...new Set(left)].join(', '), stuckCount };
  }

  private isOutOfTime(): boolean {
    return this.killedAtMs !== undefined && performance.now() - this.killedAtMs > LONGEST_END_MS;
  }

  /** Names of the processes in the group; one empty name if the system does not say which they are. */
  private members(): string[] {
    if (!hasGroup(this.id)) return [];
    const all = allProcesses();
    if (all === undefined) return [''];
    // Its number may belong to a new process by now: a group whose leader exists is another one.
    if (all.some(({ pid }) => pid === this.id)) return [];
    return all.filter(({ group, state }) => group === this.id && !hasEnded(state)).map(({ name }) => name);
  }
}

/** Resolves when the process has ended, at the latest after the time that a keeper takes to end all that it keeps. */
export async function whenProcessEnded(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const untilMs = performance.now() + 2 * LONGEST_END_MS;
  while (performance.now() < untilMs && !hasEnded(readProcess(String(pid))?.state)) await pause();
}

/** By how much the kernel prefers to kill a worker, not the watcher, if memory runs out: see `src/launcher/keeper.c`. */
const WORKER_PRIORITY = 500;
const MOST_PRIORITY = 1000;

/** For a process that already runs its own program: before that it may share the value with this one. Linux only. */
export function preferForKilling(pid: number | undefined): void {
  try {
    const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(Math.min(MOST_PRIORITY, own + WORKER_PRIORITY)));
  } catch {
    // The process has ended, or the system has no such file.
  }
}

function hasGroup(id: number): boolean {
  try {
    process.kill(-id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A zombie does nothing any more, but stays in its group. */
const hasEnded = (state: string | undefined) => state === undefined || state === 'Z' || state === 'X';

/** Undefined if there is no `/proc`. */
function allProcesses(): (ProcessStatus & { pid: number })[] | undefined {
  try {
    const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return names.map(readProcess).filter((each) => each !== undefined);
  } catch {
    return undefined;
  }
}

/** Undefined if there is no such process. */
function readProcess(pid: string): (ProcessStatus & { pid: number }) | undefined {
  try {
    return { pid: Number(pid), ...parseStatus(readFileSync(`/proc/${pid}/stat`, 'utf8')) };
  } catch {
    return undefined;
  }
}

/**
 * MiB of memory that each process holds together with all processes below it, and that each process group holds, by their
 * ids. Shared pages count for each process that has them.
 */
export type ReadResidentMemory = () => Promise<ReadonlyMap<number, number>>;

/** The size of a page of Linux on x86_64, and of the kernels that ECS uses on arm64. */
const PAGE_BYTES = 4096;

/** Empty if there is no `/proc`, as on a developer's Mac. Never rejects. */
export const readResidentMemory: ReadResidentMemory = async () => {
  const entries = await readdir('/proc').catch(() => []);
  const processes = entries.filter((name) => /^\d+$/.test(name));
  // A process that has ended in the meantime has no file any more.
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
    // The files were read at different times, so there may be a circle: each process is visited once.
    for (let at = pid; at > 0 && !above.has(at); at = processes.get(at)?.parent ?? 0) above.add(at);
    const holders = above.add(group);
    for (const holder of holders) if (mib > 0) all.set(holder, (all.get(holder) ?? 0) + mib);
  }
  return all;
}

/** What Linux says about a process in `/proc/PID/stat`. */
interface ProcessStatus {
  /** Of its program. */
  name: string;
  state: string;
  parent: number;
  group: number;
  residentPages: number;
}

/** @param stat empty if the process has ended. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function parseStatus(stat: string): ProcessStatus {
  // The name is in parentheses, and may contain some.
  const end = stat.lastIndexOf(')');
  const fields = stat.slice(end + 2).split(' ');
  const numberAt = (index: number) => Number(fields[index] ?? 0);
  return {
    name: stat.slice(stat.indexOf('(') + 1, end),
    state: fields[0] ?? '',
    parent: numberAt(1),
    group: numberAt(2),
    residentPages: numberAt(21),
  };
}
