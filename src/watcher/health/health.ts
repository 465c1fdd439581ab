import { createServer, type Server } from 'node:net';
import { abstractSocket, HEALTHY } from '../../contract/image';
import type { Clock } from '../../shared/clock';
import { describeError, type Logger } from '../log';

/**
 * Answers whoever connects with one line, and closes the connection. A worker can connect, too: nothing that it sends is
 * read, and none of its connections is kept. A watcher that cannot listen goes on.
 */
export function answerHealth(
  socketName: string,
  { liveness, log }: { liveness: Pick<Liveness, 'problem'>; log: Pick<Logger, 'warn' | 'error'> },
): Server {
  let lastProblem: string | undefined;
  let hasWarned = false;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const problem = liveness.problem();
    // ECS does not show why a check failed. The log does, once, however often anyone asks.
    if (problem !== undefined && problem !== lastProblem) log.error(`unhealthy: ${problem}`);
    lastProblem = problem;
    // Whoever asked may be gone already.
    socket.on('error', () => undefined);
    socket.write(`${problem ?? HEALTHY}\n`);
    socket.destroySoon();
  });
  // It also comes when a connection cannot be accepted, as at the limit of open files.
  server.on('error', (error) => {
    if (!hasWarned) log.warn(`the health check cannot be answered: ${describeError(error)}`);
    hasWarned = true;
  });
  return server.listen(abstractSocket(socketName));
}

/** What the watcher is doing, several things side by side. */
export type Stage = 'receiving' | 'backing off' | 'retired';

export interface LivenessBounds {
  /** How long each may take. Without a bound it takes as long as it takes. */
  stagesMs: Partial<Record<Stage, number>>;
  betweenBeatsMs: number;
}

/** Timers are late if workers use all of the processor. */
const SLACK_MS = 10_000;

/**
 * Whether the watcher is alive: whether its polls and its heartbeats go on. That SQS is away, or that jobs take long, is no
 * reason to replace it. Bounds are wide: a watcher that is replaced for nothing takes its workers with it.
 */
export class Liveness {
  private readonly clock: Pick<Clock, 'now'>;
  private readonly stopping: AbortSignal;
  private readonly sickness: () => string | undefined;
  private readonly bounds: LivenessBounds;
  private readonly underWay = new Set<{ stage: Stage; sinceMs: number }>();
  private beatAtMs: number;

  constructor(options: {
    clock: Pick<Clock, 'now'>;
    stopping: AbortSignal;
    bounds: LivenessBounds;
    /** Returns why no job can be run here, if none can. */
    sickness?: () => string | undefined;
  }) {
    this.clock = options.clock;
    this.stopping = options.stopping;
    this.sickness = options.sickness ?? (() => undefined);
    this.bounds = options.bounds;
    this.beatAtMs = this.clock.now();
  }

  /** It has begun, and goes on until what this returns is called. */
  begin(stage: Stage): () => void {
    const begun = { stage, sinceMs: this.clock.now() };
    this.underWay.add(begun);
    return () => {
      this.underWay.delete(begun);
    };
  }

  isAt(stage: Stage): boolean {
    return [...this.underWay].some((begun) => begun.stage === stage);
  }

  /** A heartbeat was due and has begun. Whether SQS answers it does not matter. */
  beat(): void {
    this.beatAtMs = this.clock.now();
  }

  /** What does not go on, or undefined. Once the watcher is told to stop, whoever told it also ends it in time. */
  problem(): string | undefined {
    if (this.stopping.aborted) return undefined;
    const nowMs = this.clock.now();
    for (const { stage, sinceMs } of this.underWay) {
      const longestMs = (this.bounds.stagesMs[stage] ?? Infinity) + SLACK_MS;
      if (nowMs - sinceMs > longestMs)
        return `the watcher has been ${stage} for more than ${seconds(longestMs)}`;
    }
    const longestBeatMs = this.bounds.betweenBeatsMs + SLACK_MS;
    if (nowMs - this.beatAtMs > longestBeatMs) return `no heartbeat for more than ${seconds(longestBeatMs)}`;
    return this.sickness();
  }
}

const seconds = (milliseconds: number) => `${Math.round(milliseconds / 1000)} s`;
