import { AwsError, isOfCredentials } from '../../aws-json/client';
import { describeError, type Logger } from '../log';
import type { Queue } from './queue';

/**
 * What is told of calls that fail, and go on to be made: each cause once until they succeed again, and then that. What
 * no retry cures is told at once, with what does.
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

/** What cures a refusal that comes again however often the call is made; undefined of all that may pass by itself. */
export function adviceOf(error: unknown): string | undefined {
  if (!(error instanceof AwsError)) return undefined;
  if (isOfCredentials(error.name)) return CREDENTIALS;
  return ADVICE.find(([codes]) => codes.test(error.name))?.[1];
}

const CREDENTIALS =
  'the credentials are none of this account, or not for this region: look for keys, a profile or an endpoint that the image sets';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html, and of the other calls. */
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
 * A settlement is tried again until its message is another watcher's. What no retry cures is told when it is first met,
 * since each message is done again for it.
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
      // Nothing of what may pass by itself.
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
