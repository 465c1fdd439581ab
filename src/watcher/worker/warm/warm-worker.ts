import { RuntimeVariable } from '../../../contract/environment';
import type { ReportedError } from '../../../contract/runtime-api';
import type { Cancel, Clock } from '../../../shared/clock';
import type { WorkerCommand } from '../command';
import type { WriteLines } from '../output';
import {
  type RunningWorker,
  runWorker,
  type StartWorker,
  type StopReason,
  type WorkerEnd,
} from '../run-worker';
import { type Answer, type Invocation, type InvocationEnd, RuntimeApi } from './runtime-api';

export interface WarmWorkerOptions {
  start: StartWorker;
  command: WorkerCommand;
  environment: Readonly<Record<string, string | undefined>>;
  functionArn: string;
  clock: Clock;
  /** Logs lines that the worker writes, with the id of its current invocation, if there is one. */
  writeLines: (lines: readonly string[], requestId: string | undefined) => ReturnType<WriteLines>;
  /** The worker can take an invocation. */
  onReady: (worker: WarmWorker) => void;
  /** The idle worker cannot take an invocation any more. */
  onGone: (worker: WarmWorker) => void;
}

/** How a warm worker's process ended. */
export interface WarmEnd {
  end: WorkerEnd;
  /** Absent if the worker could be initialised, or did not say why not. */
  initError: ReportedError | undefined;
  /** Whether it ever asked for an invocation. */
  wasReady: boolean;
  wasInvoked: boolean;
}

/** For what a runtime does when it is told to end: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const SHUTDOWN_MS = 2_000;

/** For a runtime that has reported why it cannot be initialised, and does not exit. */
const INIT_ERROR_GRACE_MS = 1_000;

/** A runtime may have much to load, or to do after its answer. One that hangs is replaced. */
const LONGEST_SILENCE_MS = 10 * 60_000;

/** A process that takes one invocation after the other. */
export class WarmWorker {
  /** Never rejects. All of its output is logged by then. */
  readonly ended: Promise<WarmEnd>;
  invocations = 0;
  private readonly options: WarmWorkerOptions;
  private readonly api: RuntimeApi;
  private readonly process: RunningWorker;
  private current: { requestId: string; resolve: (end: InvocationEnd) => void } | undefined;
  /** Resolves when the last lines of the invocation that was answered have been read. */
  private finishing: Promise<void> = Promise.resolve();
  private initError: ReportedError | undefined;
  private wasReady = false;
  private hasEnded = false;
  private isToEnd = false;
  private cancelSilence: Cancel = () => undefined;

  /** @throws if there is no free port */
  static async start(options: WarmWorkerOptions): Promise<WarmWorker> {
    // The API's callbacks are caused by the process, which is started after the API.
    const worker: { current?: WarmWorker } = {};
    const api = new RuntimeApi({
      functionArn: options.functionArn,
      onReady: () => worker.current?.becomeReady(),
      onGone: () => worker.current?.becomeGone(),
      onAnswer: (answer) => worker.current?.answer(answer),
      onInitError: (error) => worker.current?.failInit(error),
    });
    const address = await api.listen();
    return (worker.current = new WarmWorker(options, api, address));
  }

  private constructor(options: WarmWorkerOptions, api: RuntimeApi, address: string) {
    this.options = options;
    this.api = api;
    this.process = runWorker({
      ...options,
      variables: [[RuntimeVariable.runtimeApi, address]],
      input: '',
      writeLines: (lines) => options.writeLines(lines, this.current?.requestId),
    });
    this.ended = this.process.ended.then((end) => this.finish(end));
    this.awaitNext();
  }

  get groupId(): number | undefined {
    return this.process.groupId;
  }

  /** Whether it gets no invocation any more. */
  get isEnding(): boolean {
    return this.isToEnd;
  }

  get isBusy(): boolean {
    return this.current !== undefined;
  }

  /** To be called once each time the worker is ready. Never rejects. */
  invoke(invocation: Invocation): Promise<InvocationEnd> {
    this.invocations += 1;
    return new Promise((resolve) => {
      this.current = { requestId: invocation.requestId, resolve };
      this.api.give(invocation);
    });
  }

  /** Ends its process, and with it its current invocation. */
  stop(reason: StopReason, graceMs: number): void {
    this.isToEnd = true;
    this.process.stop(reason, graceMs);
  }

  /** Ends it while it is idle. */
  retire(): void {
    this.stop('replaced', SHUTDOWN_MS);
  }

  kill(): void {
    this.process.kill();
  }

  private becomeReady(): void {
    void this.finishing.then(() => {
      // A worker that was told to end may still ask: an invocation would end with it.
      if (this.hasEnded || this.isToEnd) return;
      this.cancelSilence();
      this.wasReady = true;
      this.options.onReady(this);
    });
  }

  private becomeGone(): void {
    void this.finishing.then(() => {
      this.awaitNext();
      this.options.onGone(this);
    });
  }

  /** Limits how long the worker may neither work nor ask: otherwise its slot could be lost for good. */
  private awaitNext(): void {
    this.cancelSilence();
    if (this.hasEnded) return;
    this.cancelSilence = this.options.clock.after(LONGEST_SILENCE_MS, () => {
      this.stop('silent', 0);
    });
  }

  private answer(answer: Answer): void {
    this.finishing = this.process.caughtUp().then(() => {
      this.endInvocation(answer);
      this.awaitNext();
    });
  }

  private failInit(error: ReportedError): void {
    this.initError = error;
    this.isToEnd = true;
    this.options.clock.after(INIT_ERROR_GRACE_MS, () => {
      if (!this.hasEnded) this.retire();
    });
  }

  private async finish(end: WorkerEnd): Promise<WarmEnd> {
    this.hasEnded = true;
    this.cancelSilence();
    this.api.close();
    // If it had answered before it ended, the answer counts.
    await this.finishing;
    this.endInvocation({ kind: 'ended', end });
    return { end, initError: this.initError, wasReady: this.wasReady, wasInvoked: this.invocations > 0 };
  }

  private endInvocation(end: InvocationEnd): void {
    this.current?.resolve(end);
    this.current = undefined;
  }
}
