import { AwsError, isOfCredentials } from '../../aws-json/client';
import { describeError, type Logger } from '../log';
import type { Queue } from './queue';

/**
 * Logs calls that fail and are retried: each cause once, until the calls succeed again, and then that they do. An error
 * that no retry cures is logged at once, with what to do.
 */
export class Outage {
  private readonly options: OutageOptions;
  private failures = 0;
  private readonly told = new Set<string>();

  constructor(options: OutageOptions) {
    this.options = options;
  }

  failed(error: unknown): void {
    this.failures += 1;
    const advice = adviceOf(error);
    const cause = causeOf(error);
    const isNews = advice !== undefined || this.failures >= this.options.failuresToTell;
    if (!isNews || this.told.has(cause)) return;
    this.told.add(cause);
    const { log, broken } = this.options;
    log.error([`${broken}: ${describeError(error)}`, 'trying on', advice].filter(Boolean).join('; '));
  }

  succeeded(): void {
    this.failures = 0;
    if (this.told.size === 0) return;
    this.told.clear();
    this.options.log.info(this.options.restored);
  }
}

export interface OutageOptions {
  log: Pick<Logger, 'error' | 'info'>;
  /** Such as `cannot receive`. */
  broken: string;
  /** Such as `SQS answers again`. */
  restored: string;
  /** In a row. Fewer happen now and then, and are not logged. */
  failuresToTell: number;
}

/** The cause without what differs from call to call, such as the time that it took or the address that was called. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, code, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : isPlainName(name) ? `${name}: ${message}` : name;
}

/** Whether a name says nothing of the cause. AWS's own codes do say it. */
const isPlainName = (name: string) => name === 'Error' || name === 'AwsError' || name === 'TimeoutError';

/** What to do about a refusal that no retry cures; undefined for every error that may pass by itself. */
export function adviceOf(error: unknown): string | undefined {
  if (!(error instanceof AwsError)) return undefined;
  if (isOfCredentials(error.name)) return CREDENTIALS;
  return ADVICE.find(([codes]) => codes.test(error.name))?.[1];
}

const CREDENTIALS =
  'the credentials are none of this account, or not for this region: look for keys, a profile or an endpoint that the image sets';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html, and those of the other calls. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:KMS\.|Kms)(?:AccessDenied|OptInRequired)/,
    "let the task's role use the queue's key: the key's policy or its account forbids it",
  ],
  [/^(?:KMS\.|Kms)(?!Throttl)/, "see to the queue's key: it is disabled, gone, or not for this use"],
  [/QueueDoesNotExist|NonExistentQueue/, 'deploy the service anew: its queue is gone'],
  [
    /AccessDenied|NotAuthorized|AuthorizationError|OptInRequired/,
    "give the task's role the right: if it has it, the queue's policy, a permissions boundary or a policy of the organisation takes it away",
  ],
  [/^InvalidAddress|UnsupportedOperation/, 'see to `queue.arn`: this is no queue that can be worked on so'],
];

/**
 * Makes refused settlements be logged. They are retried until the message may be another watcher's; an error that no retry
 * cures is logged when it first occurs, since each message runs again because of it.
 */
export function tellRefusals<Settling extends Omit<Queue, 'receive'>>(
  queue: Settling,
  log: Pick<Logger, 'error' | 'info'>,
): Settling {
  const told = <Input extends unknown[], Answer>(
    what: string,
    call: (...input: Input) => Promise<Answer>,
  ): ((...input: Input) => Promise<Answer>) => {
    const outage = new Outage({
      log,
      broken: `cannot ${what}, and they come again`,
      restored: `SQS lets messages be settled again: can ${what}`,
      // Never for errors that may pass by themselves.
      failuresToTell: Infinity,
    });
    return async (...input) => {
      try {
        const answer = await call(...input);
        outage.succeeded();
        return answer;
      } catch (error) {
        outage.failed(error);
        throw error;
      }
    };
  };
  return {
    ...queue,
    deleteBatch: told('delete messages', queue.deleteBatch),
    changeVisibilityBatch: told('return messages', queue.changeVisibilityBatch),
    sendCopy: told('send messages anew', queue.sendCopy),
  };
}
