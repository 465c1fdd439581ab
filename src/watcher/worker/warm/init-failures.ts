import type { Logger } from '../../log/logger';
import { describeExit, STOPPED } from '../describe-end';
import type { WarmEnd } from './warm-worker';

/** Enough for a stack trace; what a start that fails writes beyond it is seen where it failed first. */
const MAX_LINES_KEPT = 200;

/** That a handler cannot be initialised is said once, however many workers fail at it and however often they try. */
export class InitFailures {
  private readonly log: Pick<Logger, 'info' | 'error' | 'worker'>;
  private reason: string | undefined;

  constructor(log: Pick<Logger, 'info' | 'error' | 'worker'>) {
    this.log = log;
  }

  get isFailing(): boolean {
    return this.reason !== undefined;
  }

  /** A worker has ended, or could not be started, before it asked for an invocation. */
  failed(reason: string, output: InitOutput): void {
    if (reason === this.reason) return;
    output.show();
    this.log.error(
      `the handler cannot be initialised: ${reason}; trying on, and no message is taken meanwhile`,
    );
    this.reason = reason;
  }

  succeeded(output: InitOutput): void {
    output.show();
    if (this.reason !== undefined) this.log.info('the handler is initialised');
    this.reason = undefined;
  }
}

/** What a worker writes before it is ready: kept back while it is known to fail, since it has been seen then. */
export class InitOutput {
  private readonly log: Pick<Logger, 'worker'>;
  private kept: string[] | undefined;

  constructor(log: Pick<Logger, 'worker'>, isKept: boolean) {
    this.log = log;
    this.kept = isKept ? [] : undefined;
  }

  write(lines: readonly string[]): ReturnType<Logger['worker']> {
    if (this.kept === undefined) return this.log.worker(lines);
    this.kept.push(...lines.slice(0, MAX_LINES_KEPT - this.kept.length));
  }

  /** What was kept, and from now on all. */
  show(): void {
    if (this.kept !== undefined && this.kept.length > 0) void this.log.worker(this.kept);
    this.kept = undefined;
  }
}

export function describeInitFailure({ initError, end }: Pick<WarmEnd, 'initError' | 'end'>): string {
  if (initError !== undefined) return `${initError.errorType}: ${initError.errorMessage}`;
  if (end.kind !== 'exited') return end.reason;
  return end.stopped === undefined ? `it ended with ${describeExit(end)}` : STOPPED[end.stopped];
}
