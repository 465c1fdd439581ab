import { exponentialWait } from '../../shared/backoff';
import { pause, type Clock } from '../../shared/clock';

/** How calls of AWS fail, and when they are tried again: single ones, and the entries of a batch. */

const TRANSIENT_NAMES =
  /throttl|TooManyRequests|LimitExceeded|SlowDown|ServiceUnavailable|InternalError|InternalFailure|InternalServer|TimeoutError/i;
const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);

interface CallError {
  name?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** Whether the same call may succeed later: AWS asks to wait or has a fault of its own, or the network had one. */
export function isTransient(error: unknown): boolean {
  const { name = '', $metadata } = error as CallError;
  const status = $metadata?.httpStatusCode ?? 0;
  return TRANSIENT_NAMES.test(name) || isOfNetwork(error) || status === 429 || status >= 500;
}

/** Whether AWS was not reached. This passes if calls have worked before, and never in a region that does not exist. */
export function isOfNetwork(error: unknown): boolean {
  return NETWORK_CODES.has((error as CallError).code ?? '');
}

/** What SQS or SNS says of an entry of a batch that it did not take. */
export interface FailedEntry {
  Id?: string | undefined;
  Code?: string | undefined;
  Message?: string | undefined;
  SenderFault?: boolean | undefined;
}

/** Whether no other try helps, since the entry itself is at fault. SQS counts throttling as the sender's fault, too. */
export function isFinal({ Code = '', SenderFault = false }: FailedEntry): boolean {
  return SenderFault && !TRANSIENT_NAMES.test(Code);
}

/** An item of a batch that was not taken in the end. */
export interface Refusal<T> {
  item: T;
  reason: string;
}

const TRIES = 5;
/** Of five attempts, the last is made 3 s after the first. */
const PAUSE_MS = { first: 200, most: 1_600 };

/**
 * Sends one batch, and sends again what SQS refused of it through no fault of ours.
 * @param send given the items with an id for each: their position in the batch
 * @returns what was refused in the end
 */
export async function sendBatch<T>(
  clock: Clock,
  items: readonly T[],
  send: (
    entries: readonly (readonly [id: string, item: T])[],
  ) => Promise<{ Failed?: readonly FailedEntry[] | undefined }>,
): Promise<Refusal<T>[]> {
  let open = items;
  const refusals: Refusal<T>[] = [];
  for (let attempt = 1; open.length > 0; attempt += 1) {
    if (attempt > 1) await pause(clock, exponentialWait(attempt - 2, PAUSE_MS));
    const entries = open.map((item, index) => [String(index), item] as const);
    const { Failed = [] } = await send(entries);
    const itemOf = new Map(entries);
    open = [];
    for (const entry of Failed) {
      const item = itemOf.get(entry.Id ?? '');
      if (item === undefined) continue;
      if (isFinal(entry) || attempt === TRIES) refusals.push({ item, reason: reasonOf(entry) });
      else open = [...open, item];
    }
  }
  return refusals;
}

function reasonOf({ Code = 'unknown', Message }: FailedEntry): string {
  return Message === undefined ? Code : `${Code}: ${Message}`;
}
