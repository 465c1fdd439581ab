import { type ChildProcessByStdio, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { WorkerCommand } from './command';
import { LeaderlessGroup, preferForKilling, signalGroup, signalKeeper } from './processes';
import { encodeRules, NO_RULES, type WorkerRules } from './rules';
import {
  NO_MORE_FILES,
  notStarted,
  type ProcessEnd,
  type StartFailure,
  type StartRequest,
  type StartWorker,
  type WorkerProcess,
} from './run-worker';

/** Without input there is no pipe, since some programs take a pipe for a sign that there is some. */
type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

/**
 * Starts workers by Node alone, which works everywhere. It does not reach processes that leave the process group, and sets
 * no limits.
 */
export const startByNode: StartWorker = (request) => startOne(request, NO_RULES.stopSignal);

/** The same, for workers that another signal tells to end. */
export const startByNodeFor =
  ({ stopSignal }: WorkerRules): StartWorker =>
  (request) =>
    startOne(request, stopSignal);

function startOne(request: StartRequest, stopSignal: NodeJS.Signals): WorkerProcess {
  const { command } = request;
  const child = start(command, request);
  if ('failure' in child) return nothing(notStarted(command, child.failure));
  // Node has waited until the new process runs its program.
  preferForKilling(child.pid);
  const worker = workerOf(child, request);
  let rest: LeaderlessGroup | undefined;
  void worker.ended.then(() => (rest = child.pid === undefined ? undefined : new LeaderlessGroup(child.pid)));
  return {
    ...worker,
    signal: (signal) => {
      const sent = signal === 'SIGTERM' ? stopSignal : signal;
      if (rest === undefined) signalGroup(child.pid, sent);
      else rest.signal(sent);
    },
    finish: async (isTold) => {
      child.stdin?.destroy();
      return rest?.end(isTold);
    },
  };
}

/** Starts a worker by Node, with the launcher between: that reaches every process of the worker, and ends them with it. */
export function startKept(launcher: string, rules: WorkerRules = NO_RULES): StartWorker {
  return (request) => {
    const { program, arguments: words } = request.command;
    const kept = ['keep', encodeRules(rules), program, ...words];
    const command = { ...request.command, program: launcher, arguments: kept };
    const child = start(command, request);
    if ('failure' in child) return nothing(notStarted(request.command, child.failure));
    const worker = workerOf(child, request);
    let hasEnded = false;
    void worker.ended.then(() => (hasEnded = true));
    return {
      ...worker,
      signal: (signal) => {
        if (!hasEnded) signalKeeper(child.pid, signal);
      },
      finish: () => {
        child.stdin?.destroy();
        return Promise.resolve(undefined);
      },
    };
  };
}

const environmentOf = ({ environment, variables = [] }: StartRequest) => ({
  ...environment,
  ...Object.fromEntries(variables),
});

function workerOf(child: Child, { command, input }: StartRequest) {
  if (child.stdin !== null) feed(child.stdin, input);
  return {
    groupId: child.pid,
    ended: endOf(child, command),
    stdout: child.stdout,
    stderr: child.stderr,
    closeOutput: () => {
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

function start(command: WorkerCommand, request: StartRequest): Child | { failure: StartFailure } {
  const hasInput = request.input !== '';
  const env = environmentOf(request);
  try {
    const stdio: StdioOptions = [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'];
    const child = spawn(command.program, command.arguments, { env, stdio, detached: true });
    if (hasPipes(child, hasInput)) return child as Child;
    // At the limit of open files Node returns a child without pipes, and emits its error later.
    child.on('error', () => undefined);
    return { failure: { code: 'EMFILE', message: NO_MORE_FILES } };
  } catch (error) {
    return { failure: error as NodeJS.ErrnoException };
  }
}

function hasPipes(
  child: { stdin?: unknown; stdout?: unknown; stderr?: unknown },
  hasInput: boolean,
): boolean {
  return Boolean((child.stdin || !hasInput) && child.stdout && child.stderr);
}

function nothing(end: ProcessEnd): WorkerProcess {
  const none = () => undefined;
  return {
    ended: Promise.resolve(end),
    stdout: noOutput(),
    stderr: noOutput(),
    signal: none,
    closeOutput: none,
    finish: () => Promise.resolve(undefined),
  };
}

async function* noOutput(): AsyncGenerator<Buffer> {
  // Ends at once.
}

/**
 * If a process ends by a signal that Node has no name for, a real-time one, Node reports exit code 0: the two cannot be
 * told apart here. The launcher tells them apart, and so does a shell for what it runs.
 */
async function endOf(child: Child, command: WorkerCommand): Promise<ProcessEnd> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return { kind: 'exited', code, signal };
  } catch (error) {
    return notStarted(command, error as NodeJS.ErrnoException);
  }
}

/** The whole message on standard input. A worker need not read it. */
function feed(stdin: Writable, input: string): void {
  stdin.on('error', () => undefined);
  stdin.end(input);
}
