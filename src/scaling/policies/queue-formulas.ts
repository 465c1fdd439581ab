import type { Formula } from '../policy';

const NONE: Formula = { number: 0 };
/** Below the threshold of each alarm that has it. */
const SILENT: Formula = { number: -1 };

/**
 * SQS tells of some metrics only while there is something to tell, and a formula with a missing part has no value.
 * `visible` is never filled: it says for which minutes there is a value at all.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export const VISIBLE: Formula = { metric: 'visible' };
export const LEAST_VISIBLE: Formula = { metric: 'leastVisible' };
export const IN_FLIGHT: Formula = { function: 'FILL', of: [{ metric: 'inFlight' }, NONE] };
const SENT: Formula = { function: 'FILL', of: [{ metric: 'sent' }, NONE] };

/** Messages that wait, and those in hand. */
export const plusInFlight = (waiting: Formula): Formula => ({ operator: '+', of: [waiting, IN_FLIGHT] });

/** Watchbot's TotalMessages, which took a Lambda function each minute: waiting and in flight, added by CloudWatch. */
export const TOTAL_MESSAGES = plusInFlight(VISIBLE);

/** Beside so many messages in hand, one that waits is no reason yet to start a task. */
const IN_HAND_FOR_ONE_WAITING = 10;

/** Above 0 where more messages wait than a few beside those in hand: where none is in hand, one is enough. */
const MORE_THAN_A_FEW_WAIT: Formula = {
  operator: '-',
  of: [VISIBLE, { operator: '/', of: [IN_FLIGHT, { number: IN_HAND_FOR_ONE_WAITING }] }],
};

const either = (condition: Formula, then: Formula, otherwise: Formula): Formula => ({
  function: 'IF',
  of: [condition, then, otherwise],
});

/** The formula's value while more messages wait than a few, and else 0. */
export const whileMessagesWait = (formula: Formula): Formula => either(MORE_THAN_A_FEW_WAIT, formula, NONE);

/** The formula's value where messages have come and no more than a few had to wait. */
export const whileNoneHadToWait = (formula: Formula): Formula =>
  either(MORE_THAN_A_FEW_WAIT, SILENT, either(SENT, formula, SILENT));

/** The formula's value where none has come. */
export const whileNoneCame = (formula: Formula): Formula => either(SENT, SILENT, formula);
