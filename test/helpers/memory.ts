import { readFileSync } from 'node:fs';

/** The peak memory of a process so far, in bytes, as Linux reports it. */
export function peakMemoryOf(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
