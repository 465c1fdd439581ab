import { MAX_BATCH } from '../../shared/batches';
import type { MetricValues } from './cloudwatch';

/**
 * Messages in flight, of either kind of queue; 20,000 of a FIFO queue until November 2024. A standard queue then refuses
 * a receive (`OverLimit`), a FIFO queue just gives nothing.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
 */
export const MAX_IN_FLIGHT = 120_000;

export function whenFull(kind: { isFifo: boolean; inFlight: number }): 'OverLimit' | 'nothing' | undefined {
  if (kind.inFlight < MAX_IN_FLIGHT) return undefined;
  return kind.isFifo ? 'nothing' : 'OverLimit';
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export const MAX_POLL_SECONDS = 20;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export const MAX_DELAY_SECONDS = 900;

/**
 * From its receive on, a message can be hidden for so long in all; what would go beyond it is refused.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const MAX_HIDDEN_SECONDS = 43_200;

export const canHide = (times: { receivedAtSeconds: number; nowSeconds: number; forSeconds: number }) =>
  times.forSeconds >= 0 &&
  times.nowSeconds + times.forSeconds - times.receivedAtSeconds <= MAX_HIDDEN_SECONDS;

/**
 * Who would receive it once more than `maxReceiveCount` makes it a dead letter.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export const becomesDeadLetter = (receives: number, maxReceives: number) => receives >= maxReceives;

/**
 * How many messages of each group a receive gives: as many of one as it can, then of the next.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 * @param waiting by group, the one with the oldest message first; groups that have a message in flight are not among them
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
 * A queue is active while it has messages, or some action is made on it; its metrics go on for six hours from then, and
 * come back up to 15 minutes after its next use.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 */
export const METRICS_ASLEEP_AFTER_SECONDS = 6 * 3_600;
export const MAX_WAKE_SECONDS = 15 * 60;

export const fallsAsleep = (usedAtSeconds: number, nowSeconds: number) =>
  nowSeconds - usedAtSeconds > METRICS_ASLEEP_AFTER_SECONDS;

/**
 * What a queue whose metrics are awake tells once a minute: of messages in flight, and of those sent, only where there
 * are any. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function toldByQueue({ visible, inFlight, sent }: Required<MetricValues>): MetricValues {
  return { visible, ...(inFlight > 0 && { inFlight }), ...(sent > 0 && { sent }) };
}
