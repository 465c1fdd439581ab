import { MAX_FINISH_SECONDS } from '../../contract/outcomes';
import type { Cancel } from '../clock';
import type { ServiceView } from './own-service';
import type { RetirementParts } from './retirement';

type Parts = Pick<RetirementParts, 'finishSeconds' | 'end' | 'clock' | 'timeOfDay'> & {
  isBusy: () => boolean;
};

/** Ends a task of an older version whose jobs take too long, whatever it retires for: CloudFormation waits for it. */
export class FinishLimit {
  private readonly parts: Parts;
  private cancelEnd: Cancel | undefined;
  private isOver = false;
  /** When the first of the deployments began that are newer than the task's own. */
  private olderSinceMs: number | undefined;
  /** Until when, as far as it knows, it was of the newest. A rollback may take up a deployment that began days ago. */
  private newestUntilMs: number;

  constructor(parts: Parts) {
    this.parts = parts;
    this.newestUntilMs = parts.timeOfDay.now();
  }

  /** Told again and again, it counts from the first time at which the task retires. */
  judge({ own, newest }: ServiceView, isRetired: boolean): void {
    const { clock, timeOfDay, finishSeconds } = this.parts;
    const isNewest = own === newest.id;
    if (isNewest) this.newestUntilMs = timeOfDay.now();
    this.olderSinceMs = isNewest
      ? undefined
      : (this.olderSinceMs ?? Math.max(newest.startedAtMs, this.newestUntilMs));
    if (this.olderSinceMs === undefined || !isRetired) return this.cancel();
    // A message may have come yet, by a poll that was under way.
    if (this.isOver) return this.endIfBusy();
    if (this.cancelEnd !== undefined) return;
    const mostMs = this.olderSinceMs + MAX_FINISH_SECONDS * 1000 - timeOfDay.now();
    this.cancelEnd = clock.after(Math.max(0, Math.min(finishSeconds * 1000, mostMs)), () => {
      this.isOver = true;
      this.endIfBusy();
    });
  }

  private endIfBusy(): void {
    const { finishSeconds, end, isBusy } = this.parts;
    if (isBusy()) end(`a newer version runs, and the time to finish (${finishSeconds} s) is over`);
  }

  /** It works on. */
  cancel(): void {
    this.cancelEnd?.();
    this.cancelEnd = undefined;
    this.isOver = false;
  }
}
