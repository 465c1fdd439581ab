import { spawn } from 'node:child_process';
import { nextTick } from 'node:process';
import type { Writable } from 'node:stream';
import type { Cancel, Clock } from '../../../shared/clock';
import { startByNode } from '../node-spawn';
import type { StartRequest, WorkerProcess } from '../run-worker';
import { LaunchedWorker } from './launched-worker';
import { createEventDecoder, createStartEncoder, encodePing, PROTOCOL_VERSION } from './protocol';

/** A launcher as a process, and the talk with it. */
export interface Connection {
  launcher: Launcher;
  /** Tells it to end. */
  close(): void;
  /** Resolves to why it has ended, of itself or since it could not be talked with. Never rejects. */
  ended: Promise<string>;
}

/** @param onReady called once it has said that it understands this watcher */
export function connect(file: string, { clock, onReady }: { clock: Clock; onReady: () => void }): Connection {
  const process = startLauncherProcess(file, (chunk) => {
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

/** One run of the launcher, from the watcher's side: requests go out, events come in. No process is known here. */
export class Launcher {
  private readonly send: (frame: Buffer) => void;
  private readonly onReady: () => void;
  private readonly onPong: () => void;
  private readonly encode = createStartEncoder();
  private readonly decoder = createEventDecoder();
  private readonly workers = new Map<number, LaunchedWorker>();
  private lastJob = 0;

  /** @param onReady called once it has said that it understands this watcher */
  constructor(options: { send: (frame: Buffer) => void; onReady: () => void; onPong: () => void }) {
    this.send = options.send;
    this.onReady = options.onReady;
    this.onPong = options.onPong;
  }

  start(request: StartRequest): WorkerProcess {
    const job = this.nextJob();
    const frame = this.encode(job, request);
    // What no process can be given: Node has its words for that.
    if (frame === undefined) return startByNode(request);
    const worker = new LaunchedWorker({ job, command: request.command, send: this.send });
    this.workers.set(job, worker);
    this.send(frame);
    return worker;
  }

  /** @throws {Error} where the launcher cannot be understood. */
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

  /** It is gone, and its workers end as lost: how many. */
  lose(reason: string): number {
    const lost = [...this.workers.values()].filter((worker) => !worker.isOver);
    this.workers.clear();
    lost.forEach((worker) => {
      worker.lose(reason);
    });
    return lost.length;
  }

  /** Numbers come again after four billion jobs, when the first ones are long over. */
  private nextJob(): number {
    this.lastJob = (this.lastJob + 1) % 2 ** 32;
    return this.lastJob;
  }
}

/** The launcher as a process. */
interface LauncherProcess {
  send(frame: Buffer): void;
  /** The end of its input tells it to end. */
  close(): void;
  /** Ends it now; the reason is what `ended` resolves to. */
  kill(reason: string): void;
  /** Resolves to why, once all that it wrote was received. Never rejects. */
  ended: Promise<string>;
}

function startLauncherProcess(file: string, receive: (chunk: Buffer) => void): LauncherProcess {
  try {
    return spawned(file, receive);
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

function spawned(file: string, receive: (chunk: Buffer) => void): LauncherProcess {
  const child = spawn(file, [], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
    // What is sent to the watcher's group, as by Ctrl-C, is for the watcher to heed.
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
 * The first frame of a turn at once, so that its worker starts while the next ones are looked at; those at the end of the
 * turn, by one call of the system. Each wakes the launcher, which costs more than all else of a start.
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

/** In a row. */
const MOST_UNANSWERED = 3;

interface PulseOptions {
  clock: Clock;
  ping: () => void;
  /** Is called once, with what to say of it. */
  onSilence: (reason: string) => void;
}

/**
 * Whether the launcher answers: one that hangs would keep its workers for ever, and every message from then on.
 *
 * Questions are counted, not time. Where the machine was suspended or this process stood still, one period has passed
 * for it and not many, and what the launcher said meanwhile is read before the next question.
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
