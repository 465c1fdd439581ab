import { readdirSync, readFileSync } from 'node:fs';

/** Everything that a process has started and that has not ended, down to the last. */
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

/** What is behind the program's name, which may have anything in it, in parentheses. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** On every Linux there is. */
const MS_PER_TICK = 10;

/** Time of processor that it has used itself, its children not counted: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function processorMsOf(pid) {
  const [userTicks, systemTicks] = statOf(pid)?.slice(11, 13) ?? [];
  return (Number(userTicks) + Number(systemTicks)) * MS_PER_TICK;
}

/** As the end of a container: all of it at once. Stopped first, so that it starts nothing in between. */
export function killTree(pid) {
  signal(pid, 'SIGSTOP');
  const all = [pid, ...descendantsOf(pid)];
  all.forEach((each) => signal(each, 'SIGKILL'));
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It may just have ended.
    if (error.code !== 'ESRCH') throw error;
  }
}
