import { spawn } from 'node:child_process';
import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';
import type { Cancel, Clock } from '../../../shared/clock';
import { startByNode } from '../node-spawn';
import { encodeRules, type WorkerRules } from '../rules';
import type { StartRequest, WorkerProcess } from '../run-worker';
import { LaunchedWorker } from './launched-worker';
import { createEventDecoder, createStartEncoder, encodePing, PROTOCOL_VERSION } from './protocol';

/** A launcher that runs, and the connection to it. */
export interface Connection {
  launcher: Launcher;
  /** Tells it to end. */
  close(): void;
  /** Resolves to why it has ended, by itself or because it could not be understood. Never rejects. */
  ended: Promise<string>;
}

interface ConnectionOptions {
  clock: Clock;
  rules: WorkerRules;
  /** Is called once the launcher has said that it understands this watcher. */
  onReady: () => void;
}

export function connect(file: string, { clock, rules, onReady }: ConnectionOptions): Connection {
  const process = startLauncherProcess([file, encodeRules(rules)], (chunk) => {
    try {
      launcher.receive(chunk);
    } catch (error) {
      process.kill((error as Error).message);
    }
  });
  const pulse = new Pulse({
    clock,
    ping: () => {
      process.send(encodePing());
    },
    onSilence: (reason) => {
      process.kill(reason);
    },
  });
  const launcher = new Launcher({
    send: (frame) => {
      process.send(frame);
    },
    onReady: () => {
      pulse.hello();
      onReady();
    },
    onPong: () => {
      pulse.pong();
    },
  });
  void process.ended.then(() => {
    pulse.stop();
  });
  return {
    launcher,
    ended: process.ended,
    close: () => {
      process.close();
    },
  };
}

/** The watcher's side of one launcher: requests go out, events come in. It knows nothing of the launcher's process. */
export class Launcher {
  private readonly send: (frame: Buffer) => void;
  private readonly onReady: () => void;
  private readonly onPong: () => void;
  private readonly encode = createStartEncoder();
  private readonly decoder = createEventDecoder();
  private readonly workers = new Map<number, LaunchedWorker>();
  private lastJob = 0;

  /** @param onReady is called once the launcher has said that it understands this watcher */
  constructor(options: { send: (frame: Buffer) => void; onReady: () => void; onPong: () => void }) {
    this.send = options.send;
    this.onReady = options.onReady;
    this.onPong = options.onPong;
  }

  start(request: StartRequest): WorkerProcess {
    const job = this.nextJob();
    const frame = this.encode(job, request);
    // No process can be given that. Node's own error says so.
    if (frame === undefined) return startByNode(request);
    const worker = new LaunchedWorker({ job, command: request.command, send: this.send });
    this.workers.set(job, worker);
    this.send(frame);
    return worker;
  }

  /** @throws {Error} if the launcher cannot be understood */
  receive(chunk: Buffer): void {
    for (const event of this.decoder.push(chunk)) {
      if (event.kind === 'hello') {
        if (event.version !== PROTOCOL_VERSION) throw new Error(`it is of version ${event.version}`);
        this.onReady();
        continue;
      }
      if (event.kind === 'pong') {
        this.onPong();
        continue;
      }
      const worker = this.workers.get(event.job);
      worker?.handle(event);
      if (worker?.isOver) this.workers.delete(event.job);
    }
  }

  /** Is called when the launcher is gone. Its workers end as lost. @returns how many there were */
  lose(reason: string): number {
    const lost = [...this.workers.values()].filter((worker) => !worker.isOver);
    this.workers.clear();
    lost.forEach((worker) => {
      worker.lose(reason);
    });
    return lost.length;
  }

  /** Numbers are used again after four billion jobs, when the first ones are long over. */
  private nextJob(): number {
    this.lastJob = (this.lastJob + 1) % 2 ** 32;
    return this.lastJob;
  }
}

/** The launcher's process. */
interface LauncherProcess {
  send(frame: Buffer): void;
  /** Closes its input, which tells it to end. */
  close(): void;
  /** Kills it now. `ended` resolves to the reason. */
  kill(reason: string): void;
  /** Resolves to why it ended, once everything that it wrote was received. Never rejects. */
  ended: Promise<string>;
}

function startLauncherProcess(
  words: readonly [string, string],
  receive: (chunk: Buffer) => void,
): LauncherProcess {
  try {
    return spawned(words, receive);
  } catch (error) {
    const nothing = () => undefined;
    return {
      send: nothing,
      close: nothing,
      kill: nothing,
      ended: Promise.resolve((error as Error).message),
    };
  }
}

function spawned(
  [file, rules]: readonly [string, string],
  receive: (chunk: Buffer) => void,
): LauncherProcess {
  const child = spawn(file, [rules], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
    // A signal to the watcher's process group, such as by Ctrl-C, is for the watcher to handle.
    detached: true,
  });
  let problem: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => (problem ??= error.message));
    child.on('close', (code, signal) => {
      resolve(problem ?? (code === null ? `signal ${signal}` : `exit code ${code}`));
    });
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', receive);
  return {
    ended,
    send: inTwoGoes(child.stdin),
    close: () => void child.stdin.end(),
    kill: (reason) => {
      problem ??= reason;
      child.kill('SIGKILL');
    },
  };
}

/**
 * Sends the first frame of a turn at once, so that its worker starts while the next messages are looked at, and the others
 * at the end of the turn, by one system call. Each call wakes the launcher, which costs more than the rest of a start.
 */
function inTwoGoes(stdin: Writable): (frame: Buffer) => void {
  return (frame) => {
    stdin.write(frame);
    if (stdin.writableCorked > 0) return;
    stdin.cork();
    nextTick(() => {
      stdin.uncork();
    });
  };
}

/** It says hello within milliseconds, or never. */
const HELLO_TIMEOUT_MS = 2_000;

const PING_PERIOD_MS = 10_000;

/** Pings in a row without an answer. */
const MOST_UNANSWERED = 3;

interface PulseOptions {
  clock: Clock;
  ping: () => void;
  /** Is called once, with the reason. */
  onSilence: (reason: string) => void;
}

/**
 * Checks whether the launcher answers: one that hangs would keep its workers for ever, and every message from then on.
 *
 * It counts pings, not time. If the machine was suspended or this process stood still, only one period has passed for it,
 * and what the launcher said in the meantime is read before the next ping.
 */
export class Pulse {
  private readonly options: PulseOptions;
  private cancel: Cancel;
  private unanswered = 0;

  constructor(options: PulseOptions) {
    this.options = options;
    this.cancel = options.clock.after(HELLO_TIMEOUT_MS, () => {
      options.onSilence('it does not answer');
    });
  }

  hello(): void {
    this.cancel();
    this.cancel = this.options.clock.every(PING_PERIOD_MS, () => {
      this.ask();
    });
  }

  pong(): void {
    this.unanswered = 0;
  }

  stop(): void {
    this.cancel();
  }

  private ask(): void {
    if (this.unanswered < MOST_UNANSWERED) {
      this.unanswered += 1;
      this.options.ping();
      return;
    }
    this.stop();
    this.options.onSilence(`it has not answered for ${(MOST_UNANSWERED * PING_PERIOD_MS) / 1000} seconds`);
  }
}
