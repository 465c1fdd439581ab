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
  /** When the first of the deployments began that are newer than the task's own. */
  private olderSinceMs: number | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Told again and again, it counts from the first time at which the task retires. */
  judge({ own, newest }: ServiceView, isRetired: boolean): void {
    this.olderSinceMs = own === newest.id ? undefined : (this.olderSinceMs ?? newest.startedAtMs);
    if (this.olderSinceMs === undefined || !isRetired) return this.cancel();
    if (this.cancelEnd !== undefined) return;
    const { clock, timeOfDay, finishSeconds, end, isBusy } = this.parts;
    const mostMs = this.olderSinceMs + MAX_FINISH_SECONDS * 1000 - timeOfDay.now();
    this.cancelEnd = clock.after(Math.max(0, Math.min(finishSeconds * 1000, mostMs)), () => {
      if (isBusy()) end(`a newer version runs, and the time to finish (${finishSeconds} s) is over`);
    });
  }

  /** It works on. */
  cancel(): void {
    this.cancelEnd?.();
    this.cancelEnd = undefined;
  }
}
