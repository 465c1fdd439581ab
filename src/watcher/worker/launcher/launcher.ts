import { startByNode } from '../node-spawn';
import type { StartRequest, WorkerProcess } from '../start-worker';
import { LaunchedWorker } from './launched-worker';
import { createEventDecoder, PROTOCOL_VERSION } from './protocol';
import { createStartEncoder } from './start-encoder';

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
  constructor(parts: { send: (frame: Buffer) => void; onReady: () => void; onPong: () => void }) {
    this.send = parts.send;
    this.onReady = parts.onReady;
    this.onPong = parts.onPong;
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
