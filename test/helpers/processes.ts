import { readdirSync, readFileSync } from 'node:fs';

/** State and parent of a process, or undefined if there is none. */
function statusOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The fields follow the program's name in parentheses, which may contain any character.
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether the process still runs. A zombie, which has ended but was not waited for, does not. */
export function isRunning(pid: number): boolean {
  const state = statusOf(pid)?.state;
  return state !== undefined && state !== 'Z';
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

export function childrenOf(pid: number): number[] {
  return allProcesses().filter((other) => statusOf(other)?.parent === pid);
}

/** Processes of this machine, whoever started them, whose command line has these words next to each other. */
export function processesWith(...words: string[]): number[] {
  const part = words.map((word) => `${word}\0`).join('');
  return allProcesses().filter((pid) => commandLineOf(pid).includes(`\0${part}`));
}

/** The command line, each word between two NULs, or an empty text if there is no such process. */
function commandLineOf(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}`;
  } catch {
    return '';
  }
}

/** The children of a process, their children and so on. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Kills a process and its descendants. It is stopped first, so that it starts nothing meanwhile. */
export function killTree(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const each of [pid, ...descendantsOf(pid)]) signal(each, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // The process may just have ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves when the process has ended. Rejects after `timeoutMs`. */
export async function whenEnded(pid: number, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} still runs after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves when no process has had this word in its command line for a moment. Rejects after `timeoutMs`. */
export async function whenGone(word: string, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let looks = 0; looks < 5; looks += 1) {
    const left = processesWith(word);
    if (left.length > 0) looks = 0;
    if (Date.now() > deadline)
      throw new Error(`${left.join(', ')} with ${word} still run after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Running processes that have this variable in their environment, as `NAME=value`. */
export function processesWithVariable(variable: string): number[] {
  return allProcesses().filter((pid) => isRunning(pid) && environmentOf(pid).includes(`\0${variable}\0`));
}

function environmentOf(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
  } catch {
    return '';
  }
}
