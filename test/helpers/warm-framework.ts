import { afterAll } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { killTree } from './processes';

/** A command of the framework to run. */
export interface FrameworkJob {
  args: readonly string[];
  folder: string;
  /** The whole environment of the command. */
  environment: Record<string, string | undefined>;
  /** Standard input; empty if undefined. */
  input?: string | undefined;
}

export interface FrameworkResult {
  code: number | string;
  output: string;
}

/** Begins the line that a host writes at the end of a command. No command writes such a line. */
const END_OF_RUN = '\u0001end of run';

/** A process that runs commands of a framework, one after another. See `framework-host.cjs`. */
class Host {
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;
  private lines: string[] = [];
  private codes: number[] = [];
  private answer: ((result: FrameworkResult) => void) | undefined;

  constructor(readonly program: string) {
    this.child = fork(path.join(__dirname, 'framework-host.cjs'), [program, END_OF_RUN], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      cwd: '/',
      execArgv: [],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) this.read(stream);
    // A command may end its process, or crash it.
    this.closed = once(this.child, 'close').then(([code, signal]: unknown[]) => {
      hosts.delete(this);
      this.give((code ?? signal ?? '') as number | string);
    });
  }

  get isBusy(): boolean {
    return this.answer !== undefined;
  }

  run(job: FrameworkJob): Promise<FrameworkResult> {
    return new Promise((resolve) => {
      this.lines = [];
      this.codes = [];
      this.answer = resolve;
      this.child.send(job);
    });
  }

  async end(): Promise<void> {
    hosts.delete(this);
    killTree(this.child.pid!);
    await this.closed;
  }

  private give(code: number | string): void {
    this.answer?.({ code, output: this.lines.join('\n') });
    this.answer = undefined;
  }

  private read(input: NodeJS.ReadableStream): void {
    // The host writes a line break before its last line, so an empty line before it is not part of the output.
    let isEmptyHeld = false;
    createInterface({ input }).on('line', (line) => {
      if (line.startsWith(END_OF_RUN)) {
        isEmptyHeld = false;
        this.codes.push(Number(line.slice(END_OF_RUN.length)));
        // Both streams have reached the end of the command.
        if (this.codes.length === 2) this.give(this.codes[0]!);
        return;
      }
      if (isEmptyHeld) this.lines.push('');
      isEmptyHeld = line === '';
      if (!isEmptyHeld) this.lines.push(line);
    });
  }
}

const hosts = new Set<Host>();

/**
 * Runs a command in a process that has already loaded the framework's libraries, in a fifth of the CPU time. Everything
 * else is as in a new process: arguments, folder, environment, standard input, output, exit code, and that it ends when
 * nothing is left to wait for. Only state in modules of the plugin and of libraries is kept.
 */
export function runWarm(program: string, job: FrameworkJob): Promise<FrameworkResult> {
  const idle = [...hosts].find((host) => host.program === program && !host.isBusy) ?? new Host(program);
  hosts.add(idle);
  return idle.run(job);
}

/** Kills the commands that a failed test has left running. */
export async function endBusyHosts(): Promise<void> {
  await Promise.all([...hosts].filter(({ isBusy }) => isBusy).map((host) => host.end()));
}

afterAll(async () => {
  await Promise.all([...hosts].map((host) => host.end()));
});
