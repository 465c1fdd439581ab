import type { Formula } from '../policy';

const NONE: Formula = { number: 0 };

/**
 * SQS tells of some metrics only while there is something to tell, and a formula with a missing part has no value.
 * `visible` is never filled: it says for which minutes there is a value at all.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export const IN_FLIGHT: Formula = { function: 'FILL', of: [{ metric: 'inFlight' }, NONE] };
const SENT: Formula = { function: 'FILL', of: [{ metric: 'sent' }, NONE] };

/** Watchbot's TotalMessages, which took a Lambda function each minute: waiting and in flight, added by CloudWatch. */
export const TOTAL_MESSAGES: Formula = { operator: '+', of: [{ metric: 'visible' }, IN_FLIGHT] };

/** Messages that no task has in hand yet, or that came within the last minute. */
export const NEW_WORK: Formula = { operator: '+', of: [{ metric: 'visible' }, SENT] };

/** A formula's value while there is new work, and else 0. */
export const whileNewWork = (formula: Formula): Formula => ({
  function: 'IF',
  of: [NEW_WORK, formula, NONE],
});
