import { readFileSync } from 'node:fs';

/** The most memory that a process has had at once, in bytes, as Linux says. */
export function peakMemoryOf(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
