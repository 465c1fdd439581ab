import type { Formula } from '../policy';

/** SQS tells of messages in flight only while there are any, and a sum with a missing part is missing too. */
export const IN_FLIGHT: Formula = { function: 'FILL', of: [{ metric: 'inFlight' }, { number: 0 }] };

/** Watchbot's TotalMessages, which took a Lambda function each minute: waiting and in flight, added by CloudWatch. */
export const TOTAL_MESSAGES: Formula = { operator: '+', of: [{ metric: 'visible' }, IN_FLIGHT] };
