import { HOUR_SECONDS } from '../../shared/durations';
import { MAX_BATCH } from '../../shared/batches';
import type { MetricValues } from './cloudwatch';

/**
 * Messages in flight, of either kind of queue; of a FIFO queue, 20,000 until November 2024. When they are reached, a
 * standard queue refuses a receive (`OverLimit`), and a FIFO queue gives nothing.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
 */
const MAX_IN_FLIGHT = 120_000;

export function whenFull(kind: { isFifo: boolean; inFlight: number }): 'OverLimit' | 'nothing' | undefined {
  if (kind.inFlight < MAX_IN_FLIGHT) return undefined;
  return kind.isFifo ? 'nothing' : 'OverLimit';
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const MAX_POLL_SECONDS = 20;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const MAX_DELAY_SECONDS = 900;

/**
 * A message can be hidden for this long in all after its receive; SQS refuses what would go beyond it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
const MAX_HIDDEN_SECONDS = 43_200;

export const canHide = (times: { receivedAtSeconds: number; nowSeconds: number; forSeconds: number }) =>
  times.forSeconds >= 0 &&
  times.nowSeconds + times.forSeconds - times.receivedAtSeconds <= MAX_HIDDEN_SECONDS;

/**
 * A receive beyond `maxReceiveCount` makes the message a dead letter.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export const becomesDeadLetter = (receives: number, maxReceives: number) => receives >= maxReceives;

/**
 * How many messages of each group a receive gives: as many of one group as possible, then of the next.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 * @param waiting by group, the one with the oldest message first; groups that have a message in flight are not among
 *   them
 */
export function sharesOfGroups(waiting: readonly number[], most: number): number[] {
  let left = Math.min(most, MAX_BATCH);
  return waiting.map((messages) => {
    const share = Math.min(messages, left);
    left -= share;
    return share;
  });
}

/**
 * A queue is active while it has messages or is called. Its metrics go on for six hours after that, and come back up to
 * 15 minutes after its next use.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 */
export const METRICS_ASLEEP_AFTER_SECONDS = 6 * HOUR_SECONDS;
export const MAX_WAKE_SECONDS = 15 * 60;

export const fallsAsleep = (usedAtSeconds: number, nowSeconds: number) =>
  nowSeconds - usedAtSeconds > METRICS_ASLEEP_AFTER_SECONDS;

/**
 * The metrics that an awake queue sends once a minute. Those of messages in flight and of sent messages come only if
 * there are any, and the age only if there is a message: that of the oldest which is not deleted, worked on or not.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function toldByQueue({
  visible,
  inFlight,
  sent,
  age,
}: Record<'visible' | 'inFlight' | 'sent', number> & { age?: number | undefined }): MetricValues {
  return {
    visible,
    ...(inFlight > 0 && { inFlight }),
    ...(sent > 0 && { sent }),
    ...(age !== undefined && visible + inFlight > 0 && { age }),
  };
}
