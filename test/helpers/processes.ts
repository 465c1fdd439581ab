import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says of a process, or undefined where there is none. */
function statusOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the program's name, which may have anything in it, in parentheses.
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether the process still does something: one that has ended and was not yet asked after (a zombie) does not. */
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

/** Those of this machine, whoever started them, with these words in a row on their command line. */
export function processesWith(...words: string[]): number[] {
  const part = words.map((word) => `${word}\0`).join('');
  return allProcesses().filter((pid) => commandLineOf(pid).includes(`\0${part}`));
}

/** Each word between two NULs; nothing where there is no such process. */
function commandLineOf(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/cmdline`, 'utf8')}`;
  } catch {
    return '';
  }
}

/** Children, their children and so on. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Kills the process and all that it has started. Stopped first, so that it starts nothing in between. */
export function killTree(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const each of [pid, ...descendantsOf(pid)]) signal(each, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It may just have ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves when the process has ended; rejects after the time. */
export async function whenEnded(pid: number, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} still runs after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves when no process has this word in its command line, nor has a moment later; rejects after the time. */
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

/** Those that run with this in their environment, as `NAME=value`. */
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
