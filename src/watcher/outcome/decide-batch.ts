import { describeExit, STOPPED } from '../worker/describe-end';
import type { StopReason } from '../worker/run-worker';
import type { InvocationEnd } from '../worker/warm/invocation';
import { decisionFor, stoppedEnding, type Decision, type Tried } from './decide';

/** Of each message of an invocation: what decides its fate. */
export interface Invoked extends Tried {
  messageId: string;
}

/**
 * The fate of each message, from how their invocation ended. Pure.
 * @param told why its worker was told to end before that: its answer does not count then
 */
export function decideBatch(
  end: InvocationEnd,
  messages: readonly Invoked[],
  told: StopReason | undefined = stoppedBy(end),
): Decision[] {
  const ending = stoppedEnding(told);
  if (told !== undefined && ending !== undefined)
    return messages.map((message) => decisionFor(ending, STOPPED[told], message));
  const ids = new Set(messages.map(({ messageId }) => messageId));
  const failures = failuresOf(end, ids);
  return messages.map((message) => {
    const reason = typeof failures === 'string' ? failures : failures.get(message.messageId);
    return reason === undefined
      ? decisionFor('done', 'handled', message)
      : decisionFor('failed', reason, message);
  });
}

/** Back at once, for another watcher, and not counted. */
export const release = (reason: string, message: Tried): Decision => decisionFor('told', reason, message);

const stoppedBy = (end: InvocationEnd): StopReason | undefined =>
  end.kind === 'ended' && end.end.kind === 'exited' ? end.end.stopped : undefined;

/** Why each message failed, by its id, or why all did. */
function failuresOf(end: InvocationEnd, ids: ReadonlySet<string>): string | ReadonlyMap<string, string> {
  switch (end.kind) {
    case 'response':
      return itemFailures(end.body, ids);
    case 'error':
      return `${end.error.errorType}: ${end.error.errorMessage}`;
    case 'refused':
      return end.reason;
    case 'ended':
      return endOfWorker(end.end);
  }
}

function endOfWorker(end: Extract<InvocationEnd, { kind: 'ended' }>['end']): string {
  if (end.kind !== 'exited') return end.reason;
  return `its worker ended before it answered: ${describeExit(end)}`;
}

/** A handler that reports no failures may answer whatever it likes: most do not know that anybody reads it. */
function itemFailures(body: Buffer, ids: ReadonlySet<string>): string | ReadonlyMap<string, string> {
  const answer = parse(body);
  if (answer === INVALID) return 'its answer is no JSON';
  if (typeof answer !== 'object' || answer === null) return NONE;
  const { batchItemFailures } = answer as { batchItemFailures?: unknown };
  if (batchItemFailures === undefined || batchItemFailures === null) return NONE;
  if (!Array.isArray(batchItemFailures)) return 'batchItemFailures in its answer is no list';
  return namedItems(batchItemFailures, ids);
}

/**
 * One wrong name fails the batch: which message it was meant for is not known.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
function namedItems(
  items: readonly unknown[],
  ids: ReadonlySet<string>,
): string | ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const item of items) {
    const { itemIdentifier } = (item ?? {}) as { itemIdentifier?: unknown };
    if (typeof itemIdentifier !== 'string' || !ids.has(itemIdentifier)) {
      return 'batchItemFailures in its answer names no message of the batch';
    }
    named.set(itemIdentifier, 'named in batchItemFailures');
  }
  return named;
}

const NONE: ReadonlyMap<string, string> = new Map();
const INVALID = Symbol('no JSON');

/** Nothing at all is no answer, and as good as null. */
function parse(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return INVALID;
  }
}
