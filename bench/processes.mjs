import { readdirSync, readFileSync } from 'node:fs';

/** Unit of CPU time in /proc on Linux. */
const TICK_MS = 10;

/** The fields of /proc/PID/stat from the state on, which is field 3 in its manual page. */
function statOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const own = (fields) => (Number(fields[11]) + Number(fields[12])) * TICK_MS;
const ofEndedChildren = (fields) => (Number(fields[13]) + Number(fields[14])) * TICK_MS;

/** CPU time of a process, without its children. */
export const cpuMs = (pid) => own(statOf(pid));

/** CPU time of a process and all that it has started, also of what has ended. */
export function familyCpuMs(pid) {
  const children = new Map();
  const stats = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let fields;
    try {
      fields = statOf(name);
    } catch {
      // It has ended meanwhile.
      continue;
    }
    stats.set(name, fields);
    children.set(fields[1], [...(children.get(fields[1]) ?? []), name]);
  }
  const sum = (name) =>
    own(stats.get(name)) +
    ofEndedChildren(stats.get(name)) +
    (children.get(name) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(String(pid));
}

/** Resident memory of a process. */
export function memoryMiB(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}
