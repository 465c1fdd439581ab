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
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the program's name, which may have anything in it, in parentheses.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
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
