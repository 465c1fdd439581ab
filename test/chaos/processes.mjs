import { readdirSync, readFileSync } from 'node:fs';

/** All running descendants of a process. */
export function descendantsOf(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const parent = parentOf(name);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (parent) => (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function parentOf(pid) {
  return Number(statOf(pid)?.[1]);
}

/** Fields after the program's name, which is in parentheses and may contain any character. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The same on every Linux. */
const MS_PER_TICK = 10;

/**
 * CPU time that a process has used, without its children.
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function cpuMsOf(pid) {
  const [userTicks, systemTicks] = statOf(pid)?.slice(11, 13) ?? [];
  return (Number(userTicks) + Number(systemTicks)) * MS_PER_TICK;
}

/**
 * Kills a process and its descendants, as the end of a container does. It is stopped first, so that it starts nothing
 * meanwhile.
 */
export function killTree(pid) {
  signal(pid, 'SIGSTOP');
  const all = [pid, ...descendantsOf(pid)];
  all.forEach((each) => signal(each, 'SIGKILL'));
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    // The process may just have ended.
    if (error.code !== 'ESRCH') throw error;
  }
}
