import { longestCallMs } from '../../aws/timeouts';

/** The longest that SQS lets a poll wait. */
export const LONG_POLL_SECONDS = 20;

/** A poll that takes longer was lost on the way. */
export const POLL_TIMEOUT_MS = (LONG_POLL_SECONDS + 5) * 1000;

export const LONGEST_POLL_MS = longestCallMs(POLL_TIMEOUT_MS);
