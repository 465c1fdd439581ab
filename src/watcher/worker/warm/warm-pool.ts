import type { Slots } from '../workers';
import { InitFailures, type KeepOptions, keepWarm, type StartWarmWorker } from './keep-warm';
import type { ReadResidentMemory } from '../processes';
import type { WarmWorker } from './warm-worker';

export interface WarmPoolOptions extends Pick<KeepOptions, 'clock' | 'random' | 'log'> {
  /** There is one worker for each slot. A slot is free while its worker waits for an invocation. */
  slots: Slots;
  concurrency: number;
  start: StartWarmWorker;
  /** After so many invocations a worker is replaced; 0: never. */
  maxInvocations: number;
  /** A worker that uses more is replaced; 0: no limit. */
  workerMemoryMiB: number;
  readResidentMemory: ReadResidentMemory;
  /** Is given when the task stops: no worker is started any more, and idle ones end. */
  stopping: AbortSignal;
}

/** How often memory is checked. */
const MEMORY_PERIOD_MS = 1_000;

/** Keeps a worker warm for each slot. Replaces workers that crash, hang, use too much memory, or have done enough. */
export class WarmPool {
  private readonly options: WarmPoolOptions;
  private readonly failures: InitFailures;
  private readonly workers = new Set<WarmWorker>();
  private readonly idle: WarmWorker[] = [];
  /** Workers that are to end when they are idle: the code that they loaded has changed since. */
  private readonly outdated = new WeakSet<WarmWorker>();
  /** Batches whose worker went away before they came, and that wait for another one. */
  private readonly waiters: ((worker: WarmWorker | undefined) => void)[] = [];
  private readonly keepers: Promise<void>[] = [];
  private retryNow = new AbortController();
  private isClosing = false;

  constructor(options: WarmPoolOptions) {
    this.options = options;
    this.failures = new InitFailures(options.log);
    const { clock, workerMemoryMiB, stopping } = options;
    stopping.addEventListener('abort', () => void this.close(), { once: true });
    if (workerMemoryMiB > 0) clock.every(MEMORY_PERIOD_MS, () => void this.checkMemory());
  }

  /** Starts the first worker alone: if the handler cannot be initialised, all others would fail, too. */
  begin(): void {
    this.keep(() => {
      while (this.keepers.length < this.options.concurrency) this.keep();
    });
  }

  /** Resolves to a worker that is ready; undefined if there will be none soon. Never rejects. */
  take(): Promise<WarmWorker | undefined> {
    const ready = this.idle.shift();
    if (ready !== undefined || this.isClosing || this.failures.isFailing) return Promise.resolve(ready);
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** Replaces each worker after its current invocation. */
  reload(): void {
    this.workers.forEach((worker) => this.outdated.add(worker));
    this.endIdle();
    this.retry();
  }

  kill(): void {
    this.workers.forEach((worker) => {
      worker.kill();
    });
  }

  /** Resolves when all workers have ended, each after its current invocation. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.releaseWaiters();
    this.retry();
    this.endIdle();
    await Promise.all(this.keepers);
  }

  private keep(onFirstReady: () => void = () => undefined): void {
    this.keepers.push(
      keepWarm(
        {
          ...this.options,
          failures: this.failures,
          onStarted: (worker) => {
            this.workers.add(worker);
            if (this.isClosing) worker.retire();
          },
          onReady: (worker) => this.becomeReady(worker),
          onGone: (worker) => this.remove(worker),
          onEnded: (worker) => {
            this.workers.delete(worker);
            this.remove(worker);
          },
          onFailed: () => this.releaseWaiters(),
          isReplaced: (worker) => this.outdated.has(worker),
          isWanted: () => !this.isClosing,
          retryNow: () => this.retryNow.signal,
        },
        onFirstReady,
      ),
    );
  }

  private becomeReady(worker: WarmWorker): void {
    const { maxInvocations, slots } = this.options;
    const isUsedUp = maxInvocations > 0 && worker.invocations >= maxInvocations;
    if (isUsedUp || this.isClosing || this.outdated.has(worker)) {
      worker.retire();
      return;
    }
    slots.release();
    const waiter = this.waiters.shift();
    if (waiter === undefined) this.idle.push(worker);
    else waiter(worker);
  }

  /** Is called when a worker does not wait for an invocation any more: its slot is not free. */
  private remove(worker: WarmWorker): void {
    const index = this.idle.indexOf(worker);
    if (index < 0) return;
    this.idle.splice(index, 1);
    this.options.slots.take();
  }

  /** Ends idle workers, also those that are just being started. */
  private endIdle(): void {
    for (const worker of this.workers) {
      if (worker.isBusy) continue;
      this.remove(worker);
      worker.retire();
    }
  }

  private retry(): void {
    this.retryNow.abort();
    this.retryNow = new AbortController();
  }

  private releaseWaiters(): void {
    this.waiters.splice(0).forEach((resolve) => {
      resolve(undefined);
    });
  }

  private async checkMemory(): Promise<void> {
    const { readResidentMemory, workerMemoryMiB, log } = this.options;
    const resident = await readResidentMemory();
    for (const worker of this.workers) {
      const mib = Math.round(resident.get(worker.groupId ?? 0) ?? 0);
      if (mib <= workerMemoryMiB || worker.isEnding) continue;
      // If workers cannot be initialised because of it, that is logged once.
      if (!this.failures.isFailing)
        log.warn(`a worker uses ${mib} MiB, more than workerMemory (${workerMemoryMiB} MiB): it is replaced`);
      this.remove(worker);
      worker.stop('memory', 0);
    }
  }
}
