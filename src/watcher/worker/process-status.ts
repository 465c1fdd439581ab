/** What Linux says of a process in `/proc/PID/stat`. */
export interface ProcessStatus {
  /** Of its program. */
  name: string;
  state: string;
  parent: number;
  group: number;
  residentPages: number;
}

/** @param stat empty where the process has ended. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function parseStatus(stat: string): ProcessStatus {
  // The name is in parentheses, and may have some of its own.
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
