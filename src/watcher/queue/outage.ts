import type { Logger } from '../log/logger';
import { describeError } from './describe-error';
import { adviceOf } from './sqs/advice';

/**
 * What is told of calls that fail, and go on to be made: each cause once until they succeed again, and then that. What
 * no retry cures is told at once, with what does.
 */
export class Outage {
  private readonly parts: OutageParts;
  private failures = 0;
  private readonly told = new Set<string>();

  constructor(parts: OutageParts) {
    this.parts = parts;
  }

  failed(error: unknown): void {
    this.failures += 1;
    const advice = adviceOf(error);
    const cause = causeOf(error);
    const isNews = advice !== undefined || this.failures >= this.parts.failuresToTell;
    if (!isNews || this.told.has(cause)) return;
    this.told.add(cause);
    const { log, broken } = this.parts;
    log.error([`${broken}: ${describeError(error)}`, 'trying on', advice].filter(Boolean).join('; '));
  }

  succeeded(): void {
    this.failures = 0;
    if (this.told.size === 0) return;
    this.told.clear();
    this.parts.log.info(this.parts.restored);
  }
}

export interface OutageParts {
  log: Pick<Logger, 'error' | 'info'>;
  /** As `cannot receive`. */
  broken: string;
  /** As `SQS answers again`. */
  restored: string;
  /** In a row; fewer are as SQS has them now and then. */
  failuresToTell: number;
}

/** Without what differs from one call to the next, such as the time that it took or the address that it was sent to. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, code, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : isPlainName(name) ? `${name}: ${message}` : name;
}

/** A name that says nothing of the cause. AWS's own codes do. */
const isPlainName = (name: string) => name === 'Error' || name === 'AwsError' || name === 'TimeoutError';
