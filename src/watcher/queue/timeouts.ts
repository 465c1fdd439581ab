/** The SDK waits for ever by default: one connection that was cut without a word would end the loop. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Until an answer begins. */
export const ANSWER_TIMEOUT_MS = 10_000;
/** Between two pieces of an answer. Longer than a long poll, in which nothing is sent for up to 20 s. */
export const SILENCE_TIMEOUT_MS = 30_000;

/** The longest that SQS lets a poll wait. */
export const LONG_POLL_SECONDS = 20;

/** A poll that takes longer was lost on the way. */
export const POLL_TIMEOUT_MS = (LONG_POLL_SECONDS + 5) * 1000;

/** Of one call, by the SDK. */
export const MAX_ATTEMPTS = 3;

/** Between two attempts: 20 s is the SDK's own limit, to which a server may add 5 s. */
const LONGEST_RETRY_PAUSE_MS = 25_000;

/** With all its attempts and the pauses between them; mostly it is far less. */
const longestCallMs = (answerTimeoutMs: number) =>
  MAX_ATTEMPTS * (CONNECT_TIMEOUT_MS + answerTimeoutMs + SILENCE_TIMEOUT_MS) +
  (MAX_ATTEMPTS - 1) * LONGEST_RETRY_PAUSE_MS;

export const LONGEST_POLL_MS = longestCallMs(POLL_TIMEOUT_MS);
/** Of a call that is no poll. */
export const LONGEST_CALL_MS = longestCallMs(ANSWER_TIMEOUT_MS);
